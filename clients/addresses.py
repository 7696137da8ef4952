"""Addresses handed to integrations. They come from the configured public address, never from a Host header."""

from django.conf import settings

from clients.models import LmsSettings
from clients.rights import Service

TOKEN_PATH = "/oauth2/token"  # noqa: S105
REVOCATION_PATH = "/oauth2/revoke"
INTROSPECTION_PATH = "/oauth2/introspect"


def public_url() -> str:
    """Scheme and host, without a final slash: the one in Settings, else ``PUBLIC_URL``."""
    return LmsSettings.current().public_address.rstrip("/") or str(settings.PUBLIC_URL)


def token_endpoint() -> str:
    return public_url() + TOKEN_PATH


def service_url(service: Service) -> str:
    return public_url() + service.base_path
