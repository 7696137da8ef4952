// What content does with the package @xapi/xapi, with ID and secret by Basic: Statements, attachments, documents.
// Standard input: {"issuer", "client_id", "client_secret"}. Standard output: what came back.
import { readFileSync } from "node:fs";
import xapi from "@xapi/xapi";

const XAPI = xapi.default ?? xapi;
const { issuer, client_id, client_secret } = JSON.parse(readFileSync(0, "utf8"));
const lrs = new XAPI({
  endpoint: `${issuer}/xapi/`,
  auth: XAPI.toBasicAuth(client_id, client_secret),
  version: "1.0.3",
  adapter: "fetch", // as in a browser: the other one sends a Blob as application/octet-stream
});

const agent = { objectType: "Agent", mbox: "mailto:learner@example.org", name: "Learner" };
const activityId = `https://content.example.org/${client_id}`;
const verb = XAPI.Verbs.COMPLETED;
const statement = (more = {}) => ({ actor: agent, verb, object: { objectType: "Activity", id: activityId }, ...more });

const status = (error) => JSON.parse(error.message).error.status;

const [first] = (await lrs.sendStatement({ statement: statement() })).data;
const batch = (await lrs.sendStatements({ statements: [statement(), statement(), statement()] })).data;

const data = new TextEncoder().encode("proof\r\n--of work");
const digest = Buffer.from(await crypto.subtle.digest("SHA-256", data)).toString("hex");
const attachments = [{
  usageType: "https://content.example.org/proof",
  display: { en: "Proof" },
  contentType: "text/plain",
  length: data.length,
  sha2: digest,
}];
const [attached] = (await lrs.sendStatement({ statement: statement({ attachments }), attachments: [data.buffer] })).data;
const withData = await lrs.getStatement({ statementId: attached, attachments: true });

const page = (await lrs.getStatements({ agent, activity: activityId, limit: 2 })).data;
const next = (await lrs.getMoreStatements({ more: page.more })).data;
const [voiding] = (await lrs.voidStatement({ actor: agent, statementId: first })).data;
const gone = await lrs.getStatement({ statementId: first }).catch(status);
const voided = (await lrs.getVoidedStatement({ voidedStatementId: first })).data;

const state = { agent, activityId, stateId: "bookmark" };
await lrs.setState({ ...state, state: { page: 1 } });
await lrs.createState({ ...state, state: { seen: [1] } });
const merged = (await lrs.getState(state)).data;
const stateIds = (await lrs.getStates({ agent, activityId })).data;
await lrs.deleteState(state);
const left = (await lrs.getStates({ agent, activityId })).data;

await lrs.createAgentProfile({ agent, profileId: "taste", profile: { theme: "dark" }, matchHeader: "If-None-Match", etag: "*" });
const taste = await lrs.getAgentProfile({ agent, profileId: "taste" });
await lrs.createActivityProfile({ activityId, profileId: "setup", profile: { pages: 3 }, matchHeader: "If-None-Match", etag: "*" });
const setup = await lrs.getActivityProfile({ activityId, profileId: "setup" });
const again = await lrs
  .setActivityProfile({ activityId, profileId: "setup", profile: {}, matchHeader: "If-Match", etag: '"0"' })
  .catch(status);

console.log(JSON.stringify({
  first, batch, voiding, gone, again, merged, stateIds, left,
  voided: voided.id,
  listed: [...page.statements, ...next.statements].map((one) => one.id),
  attached: JSON.stringify(withData.data).includes(digest),
  taste: taste.data,
  setup: setup.data,
  person: (await lrs.getAgent({ agent })).data,
  about: (await lrs.getAbout()).data.version,
}));
