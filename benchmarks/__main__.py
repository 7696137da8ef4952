"""Every benchmark, one after the other, as Markdown: each table with its floors, ratios and limits.

    .venv/bin/python -m benchmarks [--only auth,lrs] [--write] [-- options for each]

``--write`` puts the tables into docs/performance.md. Ends with 1 when one of them exceeds its limits.
"""

import argparse
import os
import platform
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.markdown import page, replaced, section

AREAS = {
    "auth": "Authentication and tokens",
    "admin": "The list of OAuth clients",
    "scim": "SCIM",
    "lrs": "The LRS",
    "shared_events": "Shared events",
    "load": "Mixed load",
}
DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "performance.md"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--only", default=",".join(AREAS), help=f"of {', '.join(AREAS)}")
    parser.add_argument("--write", action="store_true", help=f"into {DOCUMENT.name}")
    parser.add_argument("given", nargs="*", help="after --: options for each of them")
    options = parser.parse_args()
    wanted = options.only.split(",")
    if unknown := set(wanted) - set(AREAS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    sections, failed = [], False
    for name in wanted:
        code, printed = _run(name, options.given)
        failed = failed or bool(code)
        sections.append(section(AREAS[name], _command(name, options.given), printed, code))
    text = page(_machine(), sections)
    print(text)
    if options.write:
        DOCUMENT.write_text(replaced(DOCUMENT.read_text(), text))
    return int(failed)


def _command(name: str, given: list[str]) -> str:
    return " ".join(["python", "-m", f"benchmarks.{name}", *given])


def _run(name: str, given: list[str]) -> tuple[int, str]:
    """Its exit code and tables; what it says beside them goes on to where it belongs."""
    command = [sys.executable, "-m", f"benchmarks.{name}", *given]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout


def _machine() -> str:
    load = os.getloadavg()[0]
    return (
        f"{datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}, load {load:.1f} before the last minute ended"
    )


if __name__ == "__main__":
    sys.exit(main())
