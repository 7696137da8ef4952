"""The whole application without sockets: what remains of a request is ours and Django's."""

import os
import secrets
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

# Counting costs what it costs in production, and nobody is refused.
UNREACHED_LIMIT = {"CLIENT_REQUESTS_PER_MINUTE": "6000000", "CLIENT_BURST": "1000000"}


def run_on(module: str, database_url: str, directory: Path) -> int:
    """The same command in a process for one database: Django is configured once."""
    environment = {name: value for name, value in os.environ.items() if name in {"PATH", "HOME", "LANG"}}
    environment |= {"DATABASE_URL": database_url, "SECRET_KEY": secrets.token_urlsafe(64)} | UNREACHED_LIMIT
    log = directory / "log"
    with log.open("wb") as stderr:  # the product's log lines are written as in production, but to a file
        command = [sys.executable, "-m", module, *sys.argv[1:], "--here"]
        code = subprocess.run(command, env=environment, stderr=stderr, check=False).returncode
    if code > 1:
        print(log.read_text()[-4000:], file=sys.stderr)
    return code


def caller() -> Callable[[dict[str, Any]], tuple[int, bytes]]:
    """Middleware and signals included. Configure Django first."""
    from django.core.wsgi import get_wsgi_application

    application = get_wsgi_application()
    common = {
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "HTTP_HOST": "127.0.0.1:8000",
        "SCRIPT_NAME": "",
        "REMOTE_ADDR": "127.0.0.1",
        "QUERY_STRING": "",
        "wsgi.url_scheme": "http",
        "wsgi.multithread": True,
    }

    def call(environ: dict[str, Any]) -> tuple[int, bytes]:
        statuses: list[str] = []
        body = environ.get("body", b"")
        sent = common | environ | {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        response = application(sent, lambda status, _headers: statuses.append(status))
        content = b"".join(response)
        response.close()
        return int(statuses[0][:3]), content

    return call
