"""What ``check --deploy`` asks of our own settings, beside Django's questions."""

import os
import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register  # noqa: A004 - Django's name for it

PLAIN_HTTP = Warning(
    "PUBLIC_URL is not https: passwords, secrets and tokens would travel in clear.",
    hint="Let a proxy end TLS and set PUBLIC_URL to the address it serves, for example https://lms.example.org.",
    id="lms_oauth.W001",
)
NO_PROXY = Warning(
    "PUBLIC_URL is https, but TRUSTED_PROXIES is 0: every request looks like plain http and is refused.",
    hint="Set TRUSTED_PROXIES to the number of proxies in front, usually 1.",
    id="lms_oauth.W002",
)
ANY_HOST = Warning(
    "ALLOWED_HOSTS has *: links and redirects could lead to a host that somebody else chose.",
    hint="Name the hosts, or leave ALLOWED_HOSTS out: then it is the host of PUBLIC_URL.",
    id="lms_oauth.W003",
)
NO_FAILURE_LIMIT = Warning(
    "FAILURES_PER_CLIENT or FAILURES_PER_ADDRESS is 0: secrets and tokens may be guessed without limit.",
    hint="Leave both out for the defaults, 100 and 300.",
    id="lms_oauth.W004",
)
SHORT_METRICS_TOKEN = Warning(
    "METRICS_TOKEN is shorter than 20 characters, so it can be guessed.",
    hint="Make one: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'",
    id="lms_oauth.W005",
)
OPEN_SECRET = Warning(
    "Every user of this machine may read a file that holds a secret.",
    hint="chmod 600 the files that SECRET_KEY_FILE, DATABASE_URL_FILE and METRICS_TOKEN_FILE name.",
    id="lms_oauth.W006",
)
_SHORTEST_TOKEN = 20
_SECRET_FILES = ("SECRET_KEY_FILE", "SECRET_KEY_FALLBACKS_FILE", "DATABASE_URL_FILE", "METRICS_TOKEN_FILE")


def connect() -> None:
    register(check_public_address, Tags.security, deploy=True)
    register(check_guards, Tags.security, deploy=True)
    register(check_secret_files, Tags.security, deploy=True)


def check_public_address(**_asked: Any) -> list[CheckMessage]:
    if not settings.PUBLIC_URL.startswith("https:"):
        return [PLAIN_HTTP]
    return [] if settings.TRUSTED_PROXIES else [NO_PROXY]


def check_guards(**_asked: Any) -> list[CheckMessage]:
    wrong = [
        (ANY_HOST, "*" in settings.ALLOWED_HOSTS),
        (NO_FAILURE_LIMIT, not (settings.FAILURES_PER_CLIENT[0] and settings.FAILURES_PER_ADDRESS[0])),
        (SHORT_METRICS_TOKEN, 0 < len(settings.METRICS_TOKEN) < _SHORTEST_TOKEN),
    ]
    return [message for message, is_so in wrong if is_so]


def check_secret_files(**_asked: Any) -> list[CheckMessage]:
    named = [Path(os.environ[name]) for name in _SECRET_FILES if os.environ.get(name)]
    return [OPEN_SECRET] if any(file.stat().st_mode & stat.S_IROTH for file in named) else []
