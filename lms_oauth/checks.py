"""What ``check --deploy`` asks of our own settings, beside Django's questions."""

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


def connect() -> None:
    register(check_public_address, Tags.security, deploy=True)


def check_public_address(**_asked: Any) -> list[CheckMessage]:
    if not settings.PUBLIC_URL.startswith("https:"):
        return [PLAIN_HTTP]
    return [] if settings.TRUSTED_PROXIES else [NO_PROXY]
