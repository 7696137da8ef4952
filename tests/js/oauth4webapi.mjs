// The client credentials grant as the package oauth4webapi does it, from discovery to revocation.
// Standard input: {"issuer", "client_id", "client_secret", "method": "basic" | "post", "scope"}. Standard output: what came back.
import { readFileSync } from "node:fs";
import * as oauth from "oauth4webapi";

const { issuer, client_id, client_secret, method, scope } = JSON.parse(readFileSync(0, "utf8"));
const plainHttp = { [oauth.allowInsecureRequests]: true };

const address = new URL(issuer);
const server = await oauth.processDiscoveryResponse(
  address,
  await oauth.discoveryRequest(address, { algorithm: "oauth2", ...plainHttp }),
);
const client = { client_id };
const authentication = { basic: oauth.ClientSecretBasic, post: oauth.ClientSecretPost }[method](client_secret);

async function requestToken(parameters) {
  const response = await oauth.clientCredentialsGrantRequest(server, client, authentication, parameters, plainHttp);
  return oauth.processClientCredentialsResponse(server, client, response);
}

async function introspect(token) {
  const response = await oauth.introspectionRequest(server, client, authentication, token, plainHttp);
  return oauth.processIntrospectionResponse(server, client, response);
}

const token = await requestToken(scope ? { scope } : {});
const before = await introspect(token.access_token);
await oauth.processRevocationResponse(
  await oauth.revocationRequest(server, client, authentication, token.access_token, plainHttp),
);
const after = await introspect(token.access_token);
const refused = await requestToken({ scope: "no-such-scope" }).catch((error) => error);

console.log(JSON.stringify({ server, token, before, after, refused: { error: refused.error, status: refused.status } }));
