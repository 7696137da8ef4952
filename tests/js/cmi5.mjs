// One session of cmi5 content with the package @xapi/cmi5. What the LMS has to do beside is done here: it keeps
// LMS.LaunchData and the learner's preferences, says "launched", and hands out the credential at the fetch URL, once.
// Standard input: {"issuer", "client_id", "client_secret"}. Standard output: what came back.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { once } from "node:events";
import { randomUUID } from "node:crypto";
import xapi from "@xapi/xapi";
import xhr from "xmlhttprequest-ssl";

globalThis.XMLHttpRequest = xhr.XMLHttpRequest; // the package is built for browsers
const { default: Cmi5 } = await import("@xapi/cmi5/dist/Cmi5.umd.js");

const XAPI = xapi.default ?? xapi;
const { issuer, client_id, client_secret } = JSON.parse(readFileSync(0, "utf8"));
const credential = Buffer.from(`${client_id}:${client_secret}`).toString("base64");
const endpoint = `${issuer}/xapi/`;
const lms = new XAPI({ endpoint, auth: `Basic ${credential}`, version: "1.0.3" });

const actor = { objectType: "Agent", account: { homePage: "https://lms.example.org", name: client_id } };
const activityId = `https://lms.example.org/unit/${client_id}`;
const registration = randomUUID();
const contextTemplate = {
  registration,
  contextActivities: { grouping: [{ objectType: "Activity", id: "https://content.example.org/publisher/unit" }] },
  extensions: { "https://w3id.org/xapi/cmi5/context/extensions/sessionid": randomUUID() },
};
await lms.createState({
  agent: actor, activityId, registration, stateId: "LMS.LaunchData",
  state: { contextTemplate, launchMode: "Normal", moveOn: "CompletedAndPassed", masteryScore: 0.5 },
});
await lms.createAgentProfile({
  agent: actor, profileId: "cmi5LearnerPreferences", profile: { languagePreference: "de,en" },
  matchHeader: "If-None-Match", etag: "*",
});
const launched = {
  actor, verb: { id: "http://adlnet.gov/expapi/verbs/launched", display: { en: "launched" } },
  object: { objectType: "Activity", id: activityId },
  context: {
    ...contextTemplate,
    contextActivities: {
      ...contextTemplate.contextActivities, category: [{ id: "https://w3id.org/xapi/cmi5/context/categories/cmi5" }],
    },
  },
  timestamp: new Date().toISOString(),
};
await lms.sendStatement({ statement: launched });

const fetches = createServer((_request, response) => {
  response.setHeader("Content-Type", "application/json");
  response.end(JSON.stringify({ "auth-token": credential }));
}).listen(0, "127.0.0.1");
await once(fetches, "listening");

const content = new Cmi5({
  endpoint, actor, registration, activityId, fetch: `http://127.0.0.1:${fetches.address().port}/`,
});
await content.initialize();
await content.progress(50);
await content.interactionTrueFalse("test", "question", true, true);
await content.pass(0.8);
await content.complete();
await content.terminate();
fetches.close();

const found = (await lms.getStatements({ registration, ascending: true })).data.statements;
const session = (await lms.getStatements({
  activity: "https://w3id.org/xapi/cmi5/context/categories/cmi5", related_activities: true, registration,
})).data.statements;
console.log(JSON.stringify({
  verbs: found.map((one) => one.verb.id.split("/").at(-1)),
  score: found.find((one) => one.verb.id.endsWith("/passed")).result.score.scaled,
  language: content.getLearnerPreferences().languagePreference,
  defined: session.length,
}));
