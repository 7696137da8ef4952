"""What the list of OAuth clients costs with many clients and labels, and how often an empty list would fit into that.

    .venv/bin/python -m benchmarks.admin [--requests N]

Prints a table for SQLite and PostgreSQL (``DATABASE_URL``, by default a local server) and fails beyond the limits.
"""

import argparse
import gc
import os
import random
import secrets
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.application import caller

POSTGRESQL = "postgres://postgres@127.0.0.1:5432/benchmark"
CLIENTS, LABELS = 10_000, 500
ROWS = 25
LIMIT_MS = {"sqlite": 100.0}
LIST = "/system/oauth-clients/"


@dataclass(frozen=True)
class Case:
    name: str
    session: str
    query: str = ""
    rows: int = ROWS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=25, help="requests of each page")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        return measure(options.requests)
    given = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as directory:
        databases = [f"sqlite:///{directory}/db.sqlite3", given if given.startswith("postgres") else POSTGRESQL]
        return max(_run_on(database, Path(directory)) for database in databases)


def _run_on(database_url: str, directory: Path) -> int:
    """A process for each database: Django is configured once."""
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment |= {"DATABASE_URL": database_url, "SECRET_KEY": secrets.token_urlsafe(64)}
    log = directory / "log"
    with log.open("wb") as stderr:
        command = [sys.executable, "-m", "benchmarks.admin", *sys.argv[1:], "--here"]
        code = subprocess.run(command, env=environment, stderr=stderr, check=False).returncode
    if code > 1:
        print(log.read_text()[-4000:], file=sys.stderr)
    return code


def measure(requests: int) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "lms_oauth.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    # Pages ask for the names of collected files, and a checkout has collected none.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = settings.DATABASES["default"]["NAME"]
    made = setup_databases(verbosity=0, interactive=False)
    try:
        empty = _milliseconds(Case("empty list", _session(_administrator("empty"))), requests)
        return _report(connection.vendor, empty, {case: _milliseconds(case, requests) for case in _cases()})
    finally:
        teardown_databases(made, verbosity=0)


def _cases() -> list[Case]:
    top = _populate()
    unlimited, limited = _session(_administrator("unlimited")), _session(_limited(top))
    return [
        Case("unlimited", unlimited),
        Case("limited by a label", limited),
        Case("unlimited, last page", unlimited, "page=400"),
        Case("unlimited, by name", unlimited, "sort=name"),
        Case("unlimited, search", unlimited, "q=client+99"),
        Case("unlimited, label", unlimited, f"label={top.pk}"),
        Case("unlimited, old credentials", unlimited, "age=365"),
        Case("unlimited, 100 rows", unlimited, "size=100", rows=100),
        Case("limited, search", limited, "q=client+99"),
        Case("limited, old credentials", limited, "age=365"),
    ]


def _populate() -> Any:
    """Clients with one to three labels, two credentials and some use each. The label with a tenth of all below it."""
    from django.db import connection

    from clients.models import Client, PermissionLabel

    chance = random.Random(7)
    tops = [PermissionLabel.objects.create(name=f"Area {number}") for number in range(10)]
    below = [PermissionLabel(name=f"Unit {number}", parent=tops[number % 10]) for number in range(LABELS - 10)]
    labels = PermissionLabel.objects.bulk_create(below)
    about = "User provisioning from a system. Owner: the team of that system"
    clients = Client.objects.bulk_create(
        Client(name=f"Client {number}", short_description=about, lrs_own=bool(number % 2)) for number in range(CLIENTS)
    )
    bears = Client.labels.through
    bears.objects.bulk_create(
        bears(client_id=client.pk, permissionlabel_id=label.pk)
        for client in clients
        for label in chance.sample(labels, chance.randint(1, 3))
    )
    _use(clients, chance)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return tops[0]


def _use(clients: list[Any], chance: random.Random) -> None:
    from django.utils import timezone

    from clients.models import ClientUsage, Credential

    now = timezone.now().replace(minute=0, second=0, microsecond=0)
    Credential.objects.bulk_create(
        Credential(
            client=client,
            kind=kind,
            number=1,
            digest=os.urandom(32),
            created_at=now - timedelta(days=chance.randint(0, 500)),
            last_used_at=now,
        )
        for client in clients
        for kind in Credential.Kind.values
    )
    ClientUsage.objects.bulk_create(
        ClientUsage(client=client, started_at=now - timedelta(days=day), service="xapi", outcome="ok", count=day + 1)
        for client in clients
        for day in range(20)
    )


def _administrator(name: str) -> Any:
    from clients.models import Administrator

    return Administrator.objects.create_superuser(name)


def _limited(label: Any) -> Any:
    from clients import roles
    from clients.administration import PERMISSIONS, ObjectType
    from clients.audit import Origin
    from clients.models import Administrator

    permissions = [roles.Permission(ObjectType.CLIENT, action) for action in PERMISSIONS[ObjectType.CLIENT]]
    role = roles.create_role(values={"name": "Area"}, permissions=permissions, by=Origin.command("benchmark"))
    administrator = Administrator.objects.create_user("limited")
    roles.store_assignments(administrator, [roles.Assigned(role, (label,))])
    return administrator


def _session(administrator: Any) -> str:
    """The session's key of somebody who is logged in."""
    from django.test import Client

    browser = Client()
    browser.force_login(administrator)
    return browser.cookies["sessionid"].value


def _milliseconds(case: Case, requests: int) -> float:
    """Median time of a page. SQLite works in this process: its time is the processor's, whatever else runs."""
    from django.db import connection

    clock = time.process_time if connection.vendor == "sqlite" else time.perf_counter
    call = caller()
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": LIST, "QUERY_STRING": case.query}
    environ["HTTP_COOKIE"] = f"sessionid={case.session}"
    spent = []
    for number in range(requests + 3):
        gc.collect()
        began = clock()
        status, body = call(environ)
        if status != 200:
            raise AssertionError(f"{case.name}: {status} {body[:500]!r}")
        if number >= 3:  # the first ones warm up
            spent.append((clock() - began) * 1_000)
    return median(spent)


def _report(vendor: str, empty: float, measured: dict[Case, float]) -> int:
    exceeded = False
    print(f"\n{vendor}, {CLIENTS} clients, {LABELS} labels\n{'':28} {'ms':>7} {'ratio':>7} {'limit':>7}")
    print(f"{'empty list':28} {empty:7.1f}")
    for case, spent in measured.items():
        limit = LIMIT_MS.get(vendor) if case.rows == ROWS else None  # longer pages are reported only
        too_slow = limit is not None and spent > limit
        exceeded = exceeded or too_slow
        mark = " exceeded" if too_slow else ""
        print(f"{case.name:28} {spent:7.1f} {spent / empty:7.1f} {limit or '-':>7}{mark}", flush=True)
    return int(exceeded)


if __name__ == "__main__":
    sys.exit(main())
