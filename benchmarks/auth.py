"""What authentication costs, as ratios to the least that a Django view with the same queries can cost.

    .venv/bin/python -m benchmarks.auth [--rounds N] [--requests N]

Prints a table for SQLite and PostgreSQL (``DATABASE_URL``, by default a local server) and fails beyond the limits.
"""

import argparse
import gc
import json
import os
import sys
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.application import caller, run_on

POSTGRESQL = "postgres://postgres@127.0.0.1:5432/benchmark"
CLIENTS = 20_000


@dataclass(frozen=True)
class Case:
    name: str
    environ: dict[str, Any]
    floor: str = ""
    limit: float | None = None  # None: reported only


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=25)
    parser.add_argument("--requests", type=int, default=150, help="requests of each case in a round")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        return measure(options.rounds, options.requests)
    given = os.environ.get("DATABASE_URL", "")
    with tempfile.TemporaryDirectory() as directory:
        databases = [f"sqlite:///{directory}/db.sqlite3", given if given.startswith("postgres") else POSTGRESQL]
        return max(run_on("benchmarks.auth", database, Path(directory)) for database in databases)


def measure(rounds: int, requests: int) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "lms_oauth.settings"
    import django

    django.setup()
    from django.conf import settings
    from django.db import connection
    from django.test.utils import setup_databases, teardown_databases

    settings.ROOT_URLCONF = "benchmarks.auth_urls"
    if connection.vendor == "sqlite":
        settings.DATABASES["default"]["TEST"]["NAME"] = settings.DATABASES["default"]["NAME"]
    made = setup_databases(verbosity=0, interactive=False)
    try:
        cases = _cases()
        return _report(connection.vendor, cases, _time(cases, rounds, requests))
    finally:
        teardown_databases(made, verbosity=0)


def _cases() -> list[Case]:
    client_id, secret, bearer = _populate()
    basic = "Basic " + b64encode(f"{client_id}:{secret}".encode()).decode()
    form = f"grant_type=client_credentials&client_id={client_id}&client_secret={secret}"
    grant_only = "grant_type=client_credentials"
    token = _token(_post("/oauth2/token", form))
    return [
        Case("floor: SELECT", _get("/floor/read", HTTP_X_CLIENT=client_id)),
        Case("bearer token", _get("/xapi/plain", HTTP_AUTHORIZATION=f"Bearer {bearer}"), "floor: SELECT", 2.2),
        Case("access token", _get("/xapi/plain", HTTP_AUTHORIZATION=f"Bearer {token}"), "floor: SELECT", 2.2),
        Case("xAPI Basic", _get("/xapi/plain", HTTP_AUTHORIZATION=basic), "floor: SELECT", 2.6),
        Case("bearer token, DRF", _get("/xapi/drf", HTTP_AUTHORIZATION=f"Bearer {bearer}"), "floor: SELECT"),
        Case("floor: SELECT + INSERT", _post("/floor/write", form)),
        Case("token issue, form", _post("/oauth2/token", form), "floor: SELECT + INSERT", 2.0),
        Case("token issue, Basic", _post("/oauth2/token", grant_only, basic), "floor: SELECT + INSERT", 2.0),
    ]


def _populate() -> tuple[str, str, str]:
    """CLIENTS clients with a secret and a bearer token each; ID, secret and bearer token of the last."""
    from django.db import connection
    from django.utils import timezone

    from clients import actions
    from clients.audit import Origin
    from clients.models import Client, Credential

    clients = Client.objects.bulk_create(Client(name=f"Client {number}") for number in range(CLIENTS - 1))
    Credential.objects.bulk_create(
        Credential(
            client=client, kind=kind, number=1, digest=os.urandom(32), last_four="0000", created_at=timezone.now()
        )
        for client in clients
        for kind in Credential.Kind.values
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    by = Origin.command("benchmark")
    client = actions.create_client(values={"name": "Measured", "lrs_own": True}, by=by)
    secret, bearer = actions.regenerate_secret(client, by=by), actions.regenerate_token(client, by=by)
    return client.client_id, secret.value, bearer.value


def _get(path: str, **headers: str) -> dict[str, Any]:
    return {"REQUEST_METHOD": "GET", "PATH_INFO": path, **headers}


def _post(path: str, form: str, authorization: str = "") -> dict[str, Any]:
    environ = {"REQUEST_METHOD": "POST", "PATH_INFO": path, "body": form.encode()}
    environ["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
    return environ | ({"HTTP_AUTHORIZATION": authorization} if authorization else {})


def _token(environ: dict[str, Any]) -> str:
    status, body = caller()(environ)
    assert status == 200, body
    return str(json.loads(body)["access_token"])


def _time(cases: list[Case], rounds: int, requests: int) -> dict[str, list[float]]:
    """Seconds a request of each case, round by round. The order turns, so that no case always follows the same one."""
    call = caller()
    seconds: dict[str, list[float]] = {case.name: [] for case in cases}
    for number in range(rounds + 1):
        turn = number % len(cases)
        for case in cases[turn:] + cases[:turn]:
            spent = _batch(call, case, requests)
            if number:  # the first round warms up
                seconds[case.name].append(spent / requests)
    return seconds


def _batch(call: Callable[[dict[str, Any]], tuple[int, bytes]], case: Case, requests: int) -> float:
    gc.collect()
    began = time.perf_counter()
    for _ in range(requests):
        status, body = call(case.environ)
        if status != 200:
            raise AssertionError(f"{case.name}: {status} {body!r}")
    return time.perf_counter() - began


def _report(vendor: str, cases: list[Case], seconds: dict[str, list[float]]) -> int:
    """Medians, those of ratios taken round by round. 1 when a limit is exceeded."""
    print(f"\n{vendor}, {CLIENTS} clients\n{'':24} {'ms':>7} {'ratio':>7} {'limit':>7}")
    exceeded = False
    for case in cases:
        spent = seconds[case.name]
        line = f"{case.name:24} {median(spent) * 1000:7.3f}"
        if case.floor:
            ratio = median(own / floor for own, floor in zip(spent, seconds[case.floor], strict=True))
            too_slow = case.limit is not None and ratio > case.limit
            exceeded = exceeded or too_slow
            line += f" {ratio:7.2f} {case.limit or '-':>7}" + (" exceeded" if too_slow else "")
        print(line, flush=True)
    return int(exceeded)


if __name__ == "__main__":
    sys.exit(main())
