"""Software that others wrote, as it calls an installation: OAuth, xAPI and SCIM libraries."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from httpx2 import Client
from requests.auth import HTTPBasicAuth
from scim2_client.engines.httpx2 import SyncSCIMClient
from tincan import RemoteLRS

from tests.gunicorn import ROOT

SCRIPTS = ROOT / "tests" / "js"
STATEMENTS = (ROOT / "tests" / "data" / "xapi" / "statements.jsonl").read_text().splitlines()


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def basic(client: dict[str, str]) -> dict[str, str]:
    prepared = HTTPBasicAuth(client["client_id"], client["client_secret"])(
        requests.Request("GET", "http://x").prepare()
    )
    return {"Authorization": prepared.headers["Authorization"]}


def authlib_token(url: str, client: dict[str, str], method: str = "client_secret_basic") -> str:
    """An access token with all the client may do, by Authlib."""
    session = OAuth2Session(client["client_id"], client["client_secret"], token_endpoint_auth_method=method)
    with session:
        return session.fetch_token(url + "/oauth2/token", grant_type="client_credentials")["access_token"]


def run_script(name: str, url: str, client: dict[str, str], **more: str) -> dict[str, Any]:
    """What a Node script printed, as JSON."""
    task = json.dumps({"issuer": url, "scope": "xapi:write"} | client | more)
    done = subprocess.run(["node", SCRIPTS / name], input=task, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def tincan(url: str, authorization: dict[str, str]) -> RemoteLRS:
    return RemoteLRS(endpoint=url + "/xapi/", version="1.0.3", auth=authorization["Authorization"])


@contextmanager
def scim_client(url: str, token: str) -> Iterator[SyncSCIMClient]:
    """Knows our schemas from discovery, as identity providers do."""
    with Client(base_url=url + "/scim/v2", headers=bearer(token)) as http:
        client = SyncSCIMClient(http)
        client.discover()
        yield client
