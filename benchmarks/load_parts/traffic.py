"""What is sent: requests of five kinds, in the shares in which they come."""

import base64
import itertools
import json
import random
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import requests

from benchmarks.lrs_parts.data import queries, statement
from benchmarks.lrs_parts.server import Server

SHARES = {"statements": 70, "queries": 10, "scim": 10, "tokens": 5, "pages": 5}
_PAGES = ("/system/oauth-clients/", "/system/users/", "/system/audit-log/")
_USER = "urn:ietf:params:scim:schemas:core:2.0:User"
_PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
_FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Traffic:
    """Made for one installation: its clients, its directory, and an administrator who is logged in."""

    def __init__(self, server: Server) -> None:
        self.server = server
        slug = f"load-{secrets.token_hex(4)}"
        server.store.manage("create_scim_configuration", slug)
        directory = json.loads(
            server.store.manage("create_client", "Directory", "--scim-configuration", slug, "--json")
        )
        pair = f"{directory['client_id']}:{directory['client_secret']}".encode()
        self.basic = base64.b64encode(pair).decode()
        self.bearer, self.cookie = directory["bearer_token"], self._logged_in()
        self._users: list[str] = []
        self._numbers, self._pages = itertools.count(), itertools.cycle(_PAGES)
        self._lists = list(queries().values())
        self._make: dict[str, Callable[[], bytes]] = {
            "statements": lambda: server.post("/xapi/statements", json.dumps(statement()).encode()),
            "queries": lambda: server.get(f"/xapi/statements?{urlencode(random.choice(self._lists))}"),
            "scim": self._scim,
            "tokens": self._token,
            "pages": lambda: self._request("GET", next(self._pages), f"Cookie: {self.cookie}"),
        }

    def kind(self) -> str:
        return random.choices(list(SHARES), SHARES.values())[0]

    def make(self, kind: str) -> bytes:
        return self._make[kind]()

    def answered(self, kind: str, body: bytes) -> None:
        """Users that were made are looked for and changed later."""
        if kind == "scim" and body and b'"totalResults"' not in body:
            self._users.append(json.loads(body)["id"])

    def _scim(self) -> bytes:
        turn = random.randrange(3) if self._users else 0
        if turn == 0:
            name = f"user-{next(self._numbers)}@example.org"
            body = {"schemas": [_USER], "userName": name, "name": {"givenName": "Ann", "familyName": "Lee"}}
            return self._scim_request("POST", "/scim/v2/Users", body)
        if turn == 1:
            name = f"user-{random.randrange(next(self._numbers))}@example.org"
            return self._scim_request(
                "GET", f"/scim/v2/Users?{urlencode({'filter': f'userName eq {json.dumps(name)}'})}"
            )
        change = {"op": "replace", "path": "title", "value": f"Title {secrets.token_hex(2)}"}
        address = f"/scim/v2/Users/{self._users.pop(random.randrange(len(self._users)))}"
        return self._scim_request("PATCH", address, {"schemas": [_PATCH], "Operations": [change]})

    def _scim_request(self, method: str, address: str, body: object = None) -> bytes:
        sent = b"" if body is None else json.dumps(body).encode()
        media_type = "Content-Type: application/scim+json"
        return self._request(method, address, f"Authorization: Bearer {self.bearer}", media_type, body=sent)

    def _token(self) -> bytes:
        media_type = "Content-Type: application/x-www-form-urlencoded"
        form = b"grant_type=client_credentials"
        return self._request("POST", "/oauth2/token", f"Authorization: Basic {self.basic}", media_type, body=form)

    def _request(self, method: str, address: str, *headers: str, body: bytes = b"") -> bytes:
        lines = [f"{method} {address} HTTP/1.1", f"Host: 127.0.0.1:{self.server.port}", *headers]
        lines += [f"Content-Length: {len(body)}"] if body else []
        return "\r\n".join([*lines, "", ""]).encode() + body

    def _logged_in(self) -> str:
        """The cookie of a session."""
        password, file = secrets.token_urlsafe(16), Path(self.server.store.directory) / "password"
        file.write_text(password)
        name = f"load-{secrets.token_hex(4)}"
        self.server.store.manage("create_superadmin", "--username", name, "--password-file", str(file))
        address = f"http://127.0.0.1:{self.server.port}/account/login/"
        with requests.Session() as browser:
            token = _FORM_TOKEN.search(browser.get(address, timeout=60).text)
            form = {"username": name, "password": password, "csrfmiddlewaretoken": token[1] if token else ""}
            browser.post(address, form, timeout=60).raise_for_status()
            return f"sessionid={browser.cookies['sessionid']}"
