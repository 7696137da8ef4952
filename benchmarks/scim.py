"""What SCIM requests cost with many users and large groups, through the whole application without sockets.

    .venv/bin/python -m benchmarks.scim [--users N] [--rounds N] [--cycle N] [--only B1,B3] [--sqlite | --postgresql]

Prints p50, p95 and this process's CPU time of each case beside target and limit, and fails beyond a limit. The
databases (``DATABASE_URL`` on PostgreSQL, by default a local one that is made when it is missing; a file on SQLite)
are kept for the next run.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path

from benchmarks.application import run_on

POSTGRESQL = "postgres://postgres@127.0.0.1:5432/benchmark_scim"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, default=50_000, help="B1 also runs with four times as many")
    parser.add_argument("--rounds", type=int, default=60, help="requests of each case")
    parser.add_argument("--cycle", type=int, default=5_000, help="users of the initial cycle, B9")
    parser.add_argument("--only", default="", help="cases, as B1,B3")
    parser.add_argument("--sqlite", action="store_true")
    parser.add_argument("--postgresql", action="store_true")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        return measure(options)
    given = os.environ.get("DATABASE_URL", "")
    both = options.sqlite == options.postgresql
    databases = [given if given.startswith("postgres") else POSTGRESQL] if both or options.postgresql else []
    databases += [f"sqlite:///{tempfile.gettempdir()}/benchmark_scim.sqlite3"] if both or options.sqlite else []
    with tempfile.TemporaryDirectory() as directory:
        return max(run_on("benchmarks.scim", database, Path(directory)) for database in databases)


def measure(options: argparse.Namespace) -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "lms_oauth.settings"
    _create_database(os.environ["DATABASE_URL"])
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command

    settings.ROOT_URLCONF = "benchmarks.auth_urls"
    call_command("migrate", verbosity=0)
    from benchmarks.scim_cases import Run

    return Run(options.users, options.rounds, options.cycle).all([one for one in options.only.split(",") if one])


def _create_database(url: str) -> None:
    if not url.startswith("postgres"):
        return
    import psycopg
    from psycopg import sql

    server, _, name = url.rpartition("/")
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))


if __name__ == "__main__":
    sys.exit(main())
