// The client credentials grant as the package simple-oauth2 does it.
// Standard input: {"issuer", "client_id", "client_secret", "method": "basic" | "post", "scope"}. Standard output: what came back.
import { readFileSync } from "node:fs";
import { ClientCredentials } from "simple-oauth2";

const { issuer, client_id, client_secret, method, scope } = JSON.parse(readFileSync(0, "utf8"));

function clientWith(secret) {
  return new ClientCredentials({
    client: { id: client_id, secret },
    auth: { tokenHost: issuer, tokenPath: "/oauth2/token", revokePath: "/oauth2/revoke" },
    options: { authorizationMethod: { basic: "header", post: "body" }[method] },
  });
}

const access = await clientWith(client_secret).getToken({ scope });
const refused = await clientWith(client_secret.slice(0, -1) + "~").getToken({ scope }).catch((error) => error);
await access.revoke("access_token");

console.log(JSON.stringify({
  token: access.token,
  expired: access.expired(),
  refused: { error: refused.data?.payload?.error, status: refused.output?.statusCode },
}));
