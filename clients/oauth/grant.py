"""The client credentials grant (RFC 6749 §4.4): who asks, for what, and the token they get."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest
from django.views.decorators.debug import sensitive_variables

from clients import access, activity, basic, throttle, tokens
from clients.access import Refused
from clients.addresses import public_url
from clients.basic import IdAndSecret
from clients.lookup import Holder
from clients.models import LmsSettings
from clients.oauth.errors import InvalidClient, InvalidScope, InvalidTarget, UnsupportedGrantType
from clients.oauth.form import Form
from clients.rights import Service, default_scopes, grantable, scope_bits
from lms_oauth.errors import InvalidRequest
from lms_oauth.http import client_address

SERVICE_NAME = "oauth"


def require_client_credentials(form: Form) -> None:
    """RFC 6749 §4.4.2. No other grant reaches any code."""
    if not form.get("grant_type"):
        raise InvalidRequest("grant_type is missing.")
    if form.get("grant_type") != "client_credentials":
        raise UnsupportedGrantType("Only the client_credentials grant is offered.")


@sensitive_variables()
def authenticate_client(request: HttpRequest, form: Form, now: datetime) -> Holder:
    """The client behind the one authentication method used (RFC 6749 §2.3), or InvalidClient."""
    pair = presented(request.META.get("HTTP_AUTHORIZATION", ""), form.get("client_id"), form.get("client_secret"))
    found = access.check_secret(pair, now, None)
    if isinstance(found, Refused):
        access.remember_refused(request, SERVICE_NAME, found)
        access.count_refused(SERVICE_NAME, pair, found, client_address(request))
        raise InvalidClient
    activity.remember(request, activity.Caller(found, SERVICE_NAME, "secret"))
    return found


@sensitive_variables()
def presented(header: str, client_id: str, secret: str) -> IdAndSecret | None:
    """What the Authorization header or the body say; None when the header is malformed or of another scheme."""
    if not header:
        if not client_id or not secret:
            raise InvalidClient  # missing ones cost nothing: a client may ask for the challenge first
        return IdAndSecret(client_id, secret)
    if secret:
        raise InvalidRequest("Use one way of authentication: the header or the body.")
    scheme, value = basic.split_header(header)
    pair = access.read_basic(value) if scheme == "basic" else None
    if pair and client_id and client_id != pair.client_id:
        raise InvalidRequest("The header and the body name different clients.")
    return pair


@dataclass(frozen=True, slots=True)
class Granted:
    """RFC 6749 §5.1."""

    access_token: str
    expires_in: int
    scope: str

    def __repr__(self) -> str:
        return f"Granted({self.scope!r})"


@sensitive_variables()
def grant(holder: Holder, form: Form, now: datetime) -> Granted:
    """A token with the scopes asked for, or with all the client may do now."""
    services = _services(form.all("resource"))
    names = _scopes(holder, form.get("scope").split(), services)
    throttle.spend_token(holder.client_pk)
    lifetime = LmsSettings.current().access_token_lifetime_seconds
    value = tokens.issue(
        holder,
        scopes=scope_bits(names),
        services=tokens.services_bits(services),
        lifetime_seconds=lifetime,
        now=int(now.timestamp()),
    )
    return Granted(value, lifetime, " ".join(names))


def _services(resources: list[str]) -> list[Service]:
    """RFC 8707: the services named by their base addresses, with or without the final slash."""
    known = {public_url() + service.base_path.rstrip("/"): service for service in Service}
    try:
        return [known[resource.removesuffix("/")] for resource in resources]
    except KeyError as error:
        raise InvalidTarget("resource is not a base address of this server.") from error


def _scopes(holder: Holder, requested: list[str], services: list[Service]) -> list[str]:
    rights = holder.switches.rights
    names = list(dict.fromkeys(requested)) or default_scopes(rights)
    if services:
        names = [name for name in names if any(name in service.scopes for service in services)]
    if not names:
        raise InvalidScope("The client has no access switched on that the token could carry.")
    if not all(grantable(name, rights) for name in requested):
        raise InvalidScope("A requested scope is unknown, or the client's access is not switched on.")
    return names
