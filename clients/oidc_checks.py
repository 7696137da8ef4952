"""What ``check`` says of the settings of signing in at a provider."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004 - Django's name for it

from clients.oidc import ANY, LONGEST_NAME, is_safe

INCOMPLETE = Error(
    "OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET belong together, and some are missing.",
    hint="Set all three as the provider shows them, or none.",
    id="clients.E001",
)
BAD_ISSUER = Error(
    "OIDC_ISSUER is no https address such as https://login.example.org.",
    hint="Copy the issuer from the provider as it is, without /.well-known/openid-configuration.",
    id="clients.E002",
)
NOBODY = Error(
    "OIDC_ONLY is on and no provider is set: nobody could log in.",
    hint="Set OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET, or OIDC_ONLY=off.",
    id="clients.E003",
)
UNASKED = Warning(
    "OIDC_SECOND_FACTOR=any: after the provider, second factors that administrators set up here are never asked for.",
    hint="Keep it only where the provider asks everybody for a second factor; else name the amr or acr that says so.",
    id="clients.W001",
)


def connect() -> None:
    register(check_provider)
    register(check_second_factor, Tags.security, deploy=True)


def check_provider(**_asked: Any) -> list[CheckMessage]:
    held = [settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET]
    if not any(held):
        return [NOBODY] if settings.OIDC_ONLY else []
    found: list[CheckMessage] = [] if all(held) else [INCOMPLETE]
    return [*found, BAD_ISSUER] if settings.OIDC_ISSUER and not _is_issuer(settings.OIDC_ISSUER) else found


def check_second_factor(**_asked: Any) -> list[CheckMessage]:
    return [UNASKED] if settings.OIDC_ISSUER and ANY in settings.OIDC_SECOND_FACTOR else []


def _is_issuer(address: str) -> bool:
    """OpenID Connect Discovery 1.0, section 3: neither query nor fragment."""
    return (
        is_safe(address)
        and not set("?#") & set(address)
        and "/.well-known/" not in address
        and len(address) <= LONGEST_NAME
    )
