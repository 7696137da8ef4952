"""Token (RFC 6749), revocation (RFC 7009) and introspection (RFC 7662) endpoints.

Not the library's views: strict parsing has to come before anything that reads the form.
"""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from clients import activity, lookup, secrets, tokens, usage
from clients.addresses import public_url, service_url
from clients.lookup import Holder
from clients.models import ClientUsage, Credential
from clients.oauth.errors import UnsupportedTokenType, error_code
from clients.oauth.form import Form, read_form
from clients.oauth.grant import SERVICE_NAME, Granted, authenticate_client, grant, require_client_credentials
from clients.rights import Service, default_scopes, grantable, scope_names
from lms_oauth import metrics, overload
from lms_oauth.errors import ApiError, InvalidRequest, NotFound, TooManyRequests
from lms_oauth.http import ApiView, client_address, require_https

log = logging.getLogger("clients.oauth")

INACTIVE: Mapping[str, Any] = {"active": False}


class PlainJsonView(ApiView):
    """A view whose refusals have the same shape as an OAuth error. Plain http is refused where addresses are https."""

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        require_https(request, public_url())
        return super().respond(request, *args, **kwargs)

    def render_error(self, error: ApiError) -> HttpResponse:
        return uncached({"error": error_code(error), "error_description": error.detail}, status=error.status)


class OAuthEndpoint(PlainJsonView):
    """Every answer is JSON and never stored by a cache (RFC 6749 §5.1)."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        overload.refuse_late()
        return uncached(self.answer(request, read_form(request), timezone.now()))

    def refuse(self, error: ApiError) -> HttpResponse:
        log.info("%s refused: %s", type(self).__name__, error_code(error))
        return super().refuse(error)

    def answer(self, request: HttpRequest, form: Form, now: datetime) -> Mapping[str, Any]:
        raise NotImplementedError


def uncached(content: Mapping[str, Any], status: int = 200) -> HttpResponse:
    return JsonResponse(content, status=status, headers={"Cache-Control": "no-store", "Pragma": "no-cache"})


class TokenEndpoint(OAuthEndpoint):
    @sensitive_variables()
    def answer(self, request: HttpRequest, form: Form, now: datetime) -> Mapping[str, Any]:
        require_client_credentials(form)
        holder = authenticate_client(request, form, now)
        granted = _granted(request, holder, form, now)
        log.info("access token issued: client %s, scope %s", holder.client_id, granted.scope)
        return {
            "access_token": granted.access_token,
            "token_type": "Bearer",
            "expires_in": granted.expires_in,
            "scope": granted.scope,
        }


@sensitive_variables()
def _granted(request: HttpRequest, holder: Holder, form: Form, now: datetime) -> Granted:
    """The grant, counted by its outcome."""
    address = client_address(request)
    try:
        activity.spend(request, holder)
        granted = grant(holder, form, now)
    except ApiError as error:
        limited = isinstance(error, TooManyRequests)
        outcome = ClientUsage.Outcome.LIMITED if limited else ClientUsage.Outcome.FORBIDDEN
        activity.remember(
            request, activity.Caller(holder, SERVICE_NAME, "secret", "rate limit" if limited else "scope")
        )
        usage.note(holder, SERVICE_NAME, outcome, now=now, address=address)
        raise
    metrics.tokens_issued.inc()
    usage.note(holder, SERVICE_NAME, ClientUsage.Outcome.ISSUED, now=now, address=address)
    return granted


@sensitive_variables()
def _caller(request: HttpRequest, form: Form, now: datetime) -> Holder:
    holder = authenticate_client(request, form, now)
    usage.note(holder, SERVICE_NAME, ClientUsage.Outcome.OK, now=now, address=client_address(request))
    return holder


class RevocationEndpoint(OAuthEndpoint):
    """Own access tokens only. Whatever else is sent is answered alike: there is nothing to learn here."""

    @sensitive_variables()
    def answer(self, request: HttpRequest, form: Form, now: datetime) -> Mapping[str, Any]:
        holder = _caller(request, form, now)
        value = _required_token(form)
        if value.startswith((secrets.CLIENT_SECRET, secrets.BEARER_TOKEN)):
            raise UnsupportedTokenType("Client secrets and bearer tokens are managed by administrators.")
        if claims := _own_claims(value, holder, now):
            tokens.revoke(value, claims)
        return {}


class IntrospectionEndpoint(OAuthEndpoint):
    """Own tokens only; anything foreign, dead or malformed has the same answer."""

    @sensitive_variables()
    def answer(self, request: HttpRequest, form: Form, now: datetime) -> Mapping[str, Any]:
        holder = _caller(request, form, now)
        value = _required_token(form)
        if value.startswith(secrets.BEARER_TOKEN):
            return _describe_bearer(value, holder, now)
        claims = _own_claims(value, holder, now)
        return _describe(holder, claims) if claims else INACTIVE


@sensitive_variables()
def _required_token(form: Form) -> str:
    if not (value := form.get("token")):
        raise InvalidRequest("token is missing.")
    return value


@sensitive_variables()
def _own_claims(value: str, caller: Holder, now: datetime) -> tokens.Claims | None:
    """What an access token of the caller says that its services would accept now."""
    token = tokens.read(value)
    if token is None or (token.claims.client_pk, token.claims.number) != (caller.client_pk, caller.number):
        return None
    holder = lookup.by_number(caller.client_pk, caller.number, secrets.digest(value), now)
    if holder is None or not tokens.is_authentic(token, holder):
        return None
    return token.claims if tokens.is_current(token.claims, holder, int(now.timestamp())) else None


def _describe(holder: Holder, claims: tokens.Claims) -> dict[str, Any]:
    rights = holder.switches.rights
    scopes = [name for name in scope_names(claims.scopes) if grantable(name, rights)]
    return {
        **_active(holder, scopes, claims.audience()),
        "iat": claims.issued_at,
        "exp": claims.expires_at,
    }


@sensitive_variables()
def _describe_bearer(value: str, caller: Holder, now: datetime) -> Mapping[str, Any]:
    holder = lookup.by_digest(Credential.Kind.BEARER, secrets.digest(value), now)
    if holder is None or holder.client_pk != caller.client_pk or not holder.live:
        return INACTIVE
    rights = holder.switches.rights
    return _active(holder, default_scopes(rights), [service for service in Service if service.rights & rights])


def _active(holder: Holder, scopes: list[str], audience: list[Service]) -> dict[str, Any]:
    return {
        "active": True,
        "scope": " ".join(scopes),
        "client_id": holder.client_id,
        "sub": holder.client_id,
        "token_type": "Bearer",
        "iss": public_url(),
        "aud": [service_url(service) for service in audience],
    }


class UnknownAddress(PlainJsonView):
    """What stands nowhere below a protocol's prefix: JSON, not a page."""

    def handler_for(self, request: HttpRequest) -> NoReturn:
        raise NotFound("There is nothing at this address.")
