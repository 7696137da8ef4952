"""A backup as docs/operations.md says, the machine lost, everything back: nothing is missing or goes back."""

import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import requests

from tests.gunicorn import installed, restored
from tests.lrs.parts import MULTIPART, attachment, body, part
from tests.lrs.statement.samples import statement
from tests.real_clients import STATEMENTS, authlib_token, basic, bearer

SECONDS = 30
XAPI = {"X-Experience-API-Version": "1.0.3"}
PROOF = b"proof \0 of work"
CANCEL = (
    "from clients.audit import Origin; from shared_events.actions import cancel_event; "
    "from shared_events.models import Event; cancel_event(Event.objects.filter(shared=True)[0], by=Origin.command('t'))"
)


@dataclass
class Integration:
    """One client, and the three services as it sees them."""

    url: str
    client: dict
    access_token: str

    def get(self, path, **headers):
        answer = requests.get(self.url + path, headers=bearer(self.access_token) | headers, timeout=SECONDS)
        answer.raise_for_status()
        return answer

    def post(self, content, media_type="application/json"):
        headers = bearer(self.client["bearer_token"]) | XAPI | {"Content-Type": media_type}
        answer = requests.post(f"{self.url}/xapi/statements", content, headers=headers, timeout=SECONDS)
        answer.raise_for_status()
        return answer.json()

    def changes(self, cursor=""):
        return requests.get(
            f"{self.url}/shared-events/v1/changes",
            {"cursor": cursor} if cursor else {},
            headers=bearer(self.access_token),
            timeout=SECONDS,
        )

    def seen(self, proven):
        """All that it may read: statements with a multipart answer, users, groups, the feed."""
        page = self.get("/xapi/statements?limit=500", **XAPI).json()
        answer = self.get(f"/xapi/statements?statementId={proven}&attachments=true", **XAPI)
        boundary = answer.headers["Content-Type"].split("boundary=")[1]
        return {
            "statements": page["statements"],
            "proof": answer.content.replace(boundary.strip('"').encode(), b""),
            "users": self.get("/scim/v2/Users?count=100").json(),
            "groups": self.get("/scim/v2/Groups").json(),
            "events": self.changes().json()["items"],
        }


def prepared(installation):
    installation.manage("load_demo")
    installation.manage("setting", "shared_events_enabled", "on")
    installation.manage("create_scim_configuration", "restored")
    client = installation.create_client("All", "--lrs-own", "--shared-events", "--scim-configuration", "restored")
    return Integration(installation.url, client, authlib_token(installation.url, client))


def provision(integration, name):
    user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name, "emails": [{"value": name}]}
    headers = bearer(integration.access_token) | {"Content-Type": "application/scim+json"}
    answer = requests.post(f"{integration.url}/scim/v2/Users", json=user, headers=headers, timeout=SECONDS)
    assert answer.status_code == 201, answer.text


def backup(installation, directory):
    """The three things that docs/operations.md names; returns what restores the database, given its URL."""
    source = installation.environment["DATABASE_URL"]
    kept = directory / "backup"
    if source.startswith("postgres"):
        subprocess.run(["pg_dump", "--format=custom", f"--file={kept}", f"--dbname={source}"], check=True)
    else:
        with closing(sqlite3.connect(urlsplit(source).path[1:])) as database:
            database.execute("VACUUM INTO ?", [str(kept)])
    files = Path(installation.environment["LRS_ATTACHMENT_STORAGE"])
    shutil.copytree(files, directory / "attachments")

    def restore(target):
        if target.startswith("postgres"):
            subprocess.run(["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={target}", kept], check=True)
        else:
            shutil.copy(kept, urlsplit(target).path[1:])

    return restore


def test_everything_is_back(tmp_path_factory):
    first, second = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    with installed(first) as installation:
        integration = prepared(installation)
        integration.post(f"[{','.join(STATEMENTS[:20])}]")
        (proven,) = integration.post(
            body(statement(attachments=[attachment(PROOF)]), part(PROOF)), media_type=MULTIPART
        )
        provision(integration, "aino@example.org")
        before = integration.seen(proven)
        cursor = integration.changes().json()["next"]
        restore = backup(installation, second)
        installation.manage("shell", "--no-imports", "-c", CANCEL)
        lost = integration.changes().json()["next"]
        (unsaved,) = integration.post(body(statement()), media_type=MULTIPART)
        told = integration.get(f"/xapi/statements?statementId={unsaved}", **XAPI).json()["stored"]

    with restored(installation, second, restore):
        assert integration.seen(proven) == before
        assert PROOF in before["proof"]
        assert authlib_token(integration.url, integration.client)
        basic_answer = requests.get(
            f"{integration.url}/xapi/statements?limit=1", headers=basic(integration.client) | XAPI, timeout=SECONDS
        )
        assert basic_answer.status_code == 200
        assert integration.changes(cursor).status_code == 200
        assert refusal(integration.changes(lost)) == (410, "history-changed", "resync")
        (new,) = integration.post(STATEMENTS[20])
        assert integration.get(f"/xapi/statements?statementId={new}", **XAPI).json()["stored"] > told
        provision(integration, "bo@example.org")


def refusal(answer):
    problem = answer.json()
    return answer.status_code, problem["type"].rsplit("/", 1)[-1], problem["retry"]


def test_the_page_of_operations_names_what_is_done_here():
    text = (Path(__file__).parents[2] / "docs" / "operations.md").read_text()
    for words in ("pg_dump --format=custom", "pg_restore --no-owner --exit-on-error", "VACUUM INTO"):
        assert words in text
