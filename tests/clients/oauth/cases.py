"""Requests for a token and their answers, for whatever issues tokens: our endpoint, or the library behind it.

``fields`` and ``header`` may hold the names of a made client's values in braces: {id}, {secret}, {bearer}, {basic}.
"""

import base64
from dataclasses import dataclass, field

from tests.builders import ClientWithCredentials

GRANT = {"grant_type": "client_credentials"}
BODY = {"client_id": "{id}", "client_secret": "{secret}"}
BASIC = "Basic {basic}"


@dataclass(frozen=True)
class TokenRequest:
    name: str
    status: int
    error: str = ""
    scope: str = "scim xapi:write xapi:read shared_events"
    fields: dict[str, str] = field(default_factory=dict)
    header: str = ""

    def filled(self, made: ClientWithCredentials) -> tuple[dict[str, str], str]:
        pair = base64.b64encode(f"{made.client_id}:{made.secret}".encode()).decode()
        wrong = base64.b64encode(f"{made.client_id}:{made.bearer}".encode()).decode()
        values = {"id": made.client_id, "secret": made.secret, "bearer": made.bearer, "basic": pair, "wrong": wrong}
        fields = {name: value.format(**values) for name, value in self.fields.items()}
        return fields, self.header.format(**values)


CASES = [
    TokenRequest("Basic", 200, fields=GRANT, header=BASIC),
    TokenRequest("body", 200, fields=GRANT | BODY),
    TokenRequest("scheme in lower case", 200, fields=GRANT, header="basic {basic}"),
    TokenRequest("Basic and the same client ID in the body", 200, fields=GRANT | {"client_id": "{id}"}, header=BASIC),
    TokenRequest("one scope", 200, scope="xapi:write", fields=GRANT | BODY | {"scope": "xapi:write"}),
    TokenRequest("two scopes", 200, scope="scim all/read", fields=GRANT | BODY | {"scope": "scim all/read"}),
    TokenRequest("empty scope", 200, fields=GRANT | BODY | {"scope": ""}),
    TokenRequest("unknown parameter", 200, fields=GRANT | BODY | {"audience": "x"}),
    TokenRequest("no grant type", 400, "invalid_request", fields=BODY),
    TokenRequest("empty grant type", 400, "invalid_request", fields=BODY | {"grant_type": ""}),
    *[
        TokenRequest(f"grant {name}", 400, "unsupported_grant_type", fields=BODY | {"grant_type": name})
        for name in (
            *("password", "authorization_code", "refresh_token", "implicit", "CLIENT_CREDENTIALS", "x"),
            *("urn:ietf:params:oauth:grant-type:device_code", "urn:ietf:params:oauth:grant-type:jwt-bearer"),
            *("urn:ietf:params:oauth:grant-type:token-exchange", "urn:openid:params:grant-type:ciba"),
        )
    ],
    TokenRequest("no credentials", 401, "invalid_client", fields=GRANT),
    TokenRequest("client ID alone", 401, "invalid_client", fields=GRANT | {"client_id": "{id}"}),
    TokenRequest("secret alone", 401, "invalid_client", fields=GRANT | {"client_secret": "{secret}"}),
    TokenRequest("empty secret", 401, "invalid_client", fields=GRANT | BODY | {"client_secret": ""}),
    TokenRequest("blank secret", 401, "invalid_client", fields=GRANT | BODY | {"client_secret": " "}),
    TokenRequest("wrong secret", 401, "invalid_client", fields=GRANT | BODY | {"client_secret": "{secret}x"}),
    TokenRequest("bearer token as secret", 401, "invalid_client", fields=GRANT | BODY | {"client_secret": "{bearer}"}),
    TokenRequest("unknown client", 401, "invalid_client", fields=GRANT | BODY | {"client_id": "a" * 24}),
    TokenRequest("wrong Basic", 401, "invalid_client", fields=GRANT, header="Basic {wrong}"),
    TokenRequest("broken Basic", 401, "invalid_client", fields=GRANT, header="Basic !"),
    TokenRequest("another scheme", 401, "invalid_client", fields=GRANT, header="Bearer {bearer}"),
    TokenRequest("both methods", 400, "invalid_request", fields=GRANT | BODY, header=BASIC),
    TokenRequest("both, Basic wrong", 400, "invalid_request", fields=GRANT | BODY, header="Basic {wrong}"),
    TokenRequest(
        "both, body wrong", 400, "invalid_request", fields=GRANT | BODY | {"client_secret": "x"}, header=BASIC
    ),
    TokenRequest("two client IDs", 400, "invalid_request", fields=GRANT | {"client_id": "b" * 24}, header=BASIC),
    TokenRequest("unknown scope", 400, "invalid_scope", fields=GRANT | BODY | {"scope": "admin"}),
    TokenRequest("one unknown of two scopes", 400, "invalid_scope", fields=GRANT | BODY | {"scope": "scim admin"}),
]
