"""THE authentication layer of every API: who calls, and what may they do now.

Reads the Authorization header only, never the body; costs one indexed SELECT, or none when the value cannot be ours.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NoReturn

from django.http import HttpRequest
from django.utils import timezone
from django.views.decorators.debug import sensitive_variables

from clients import activity, basic, lookup, refusals, secrets, throttle, tokens, usage
from clients.addresses import public_url
from clients.lookup import Holder
from clients.models import ClientUsage, Credential
from clients.rights import Right, Service, scope_for
from lms_oauth import overload
from lms_oauth.errors import InsufficientScope, InvalidToken, TooManyRequests, Unauthenticated
from lms_oauth.http import client_address, require_https

MAX_CREDENTIAL_LENGTH = 512
_DUMMY = secrets.digest("")


@dataclass(frozen=True, slots=True)
class ClientRecord:
    """What services need of the calling client. No model instance: nothing can be saved through it."""

    pk: int
    client_id: str
    name: str
    scim_configuration_id: int | None


@dataclass(frozen=True, slots=True)
class Access:
    """An authenticated request: its client, the rights it has on this service now, and what it proved itself with."""

    client: ClientRecord
    rights: Right
    kind: str  # access_token, bearer or secret
    credential_id: int
    service: Service
    holder: Holder
    address: str

    def require_any(self, *alternatives: Right) -> None:
        """InsufficientScope unless every right of one of the alternatives is there (RFC 6750 §3.1)."""
        if any(alternative in self.rights for alternative in alternatives):
            return
        outcome = ClientUsage.Outcome.FORBIDDEN
        usage.note(self.holder, self.service.slug, outcome, now=timezone.now(), address=self.address)
        refusals.note(refusals.Cause(self.client.client_id, self.service.slug, "no right", self.address))
        header = _bearer(self.service, error="insufficient_scope", scope=scope_for(alternatives[0]))
        headers = {} if self.kind == "secret" else {"WWW-Authenticate": header}
        raise InsufficientScope("This client may not do that: its access is not switched on.", headers=headers)


@sensitive_variables()
def authenticate(request: HttpRequest, service: Service) -> Access:
    """Unauthenticated, InvalidToken, TooManyRequests or Busy with their headers, or the caller's Access."""
    overload.refuse_late()
    require_https(request, public_url())
    header = request.META.get("HTTP_AUTHORIZATION", "")
    scheme, value = basic.split_header(header)
    attempt = _Attempt(request, service, client_address(request), timezone.now())
    if scheme == "bearer":
        return attempt.bearer(value)
    if scheme == "basic" and service.accepts_basic:
        return attempt.basic(value)
    raise Unauthenticated(
        f"Send credentials in the Authorization header ({'Basic or ' if service.accepts_basic else ''}Bearer).",
        headers={"WWW-Authenticate": challenge(service)},
    )


@dataclass(frozen=True, slots=True)
class _Attempt:
    request: HttpRequest
    service: Service
    address: str
    now: datetime

    @sensitive_variables()
    def bearer(self, value: str) -> Access:
        if len(value) > MAX_CREDENTIAL_LENGTH:
            self._refuse_token("malformed")
        if value.startswith(secrets.ACCESS_TOKEN):
            return self._access_token(value)
        if not secrets.has_form(value, secrets.BEARER_TOKEN):
            self._refuse_token("malformed")
        digest = secrets.digest(value)
        holder = lookup.by_digest(Credential.Kind.BEARER, digest, self.now, self.service)
        if holder is None or not secrets.same(digest, holder.digest):
            self._refuse_token("unknown")
        self._require_live(holder, "bearer")
        return self._accept(holder, "bearer", holder.switches.rights & self.service.rights)

    @sensitive_variables()
    def _access_token(self, value: str) -> Access:
        token = tokens.read(value)
        if token is None:
            self._refuse_token("malformed")
        claims = token.claims
        holder = lookup.by_number(claims.client_pk, claims.number, secrets.digest(value), self.now, self.service)
        if holder is None or not tokens.is_authentic(token, holder):
            self._refuse_token("unknown or revoked")
        self._require_live(holder, "access_token")
        if not tokens.is_current(claims, holder, int(self.now.timestamp())):
            self._remember(holder, "access_token", "expired or ended")
            self._refuse_token("expired or ended", holder)
        return self._accept(holder, "access_token", holder.switches.rights & claims.rights_at(self.service))

    @sensitive_variables()
    def basic(self, value: str) -> Access:
        pair = read_basic(value)
        found = check_secret(pair, self.now, self.service)
        if isinstance(found, Refused):
            remember_refused(self.request, self.service.slug, found)
            count_refused(self.service.slug, pair, found, self.address)
            raise Unauthenticated(
                "The client ID or the secret is wrong, or the client is not active.",
                headers={"WWW-Authenticate": f'Basic realm="{self.service.realm}", charset="UTF-8"'},
            )
        return self._accept(found, "secret", found.switches.rights & self.service.rights)

    def _require_live(self, holder: Holder, kind: str) -> None:
        if reason := _why_dead(holder):
            self._remember(holder, kind, reason)
            self._refuse_token(reason, holder)

    def _remember(self, holder: Holder, kind: str, reason: str = "") -> None:
        activity.remember(self.request, activity.Caller(holder, self.service.slug, kind, reason))

    def _accept(self, holder: Holder, kind: str, rights: Right) -> Access:
        self._within_limit(holder, kind)
        usage.note(holder, self.service.slug, ClientUsage.Outcome.OK, now=self.now, address=self.address)
        client = ClientRecord(holder.client_pk, holder.client_id, holder.name, holder.scim_configuration_pk)
        return Access(client, rights, kind, holder.credential_pk, self.service, holder, self.address)

    def _within_limit(self, holder: Holder, kind: str) -> None:
        try:
            activity.spend(self.request, holder)
        except TooManyRequests:
            self._remember(holder, kind, "rate limit")
            usage.note(holder, self.service.slug, ClientUsage.Outcome.LIMITED, now=self.now, address=self.address)
            raise
        self._remember(holder, kind)

    def _refuse_token(self, reason: str, holder: Holder | None = None) -> NoReturn:
        count_failure(self.service.slug, holder.client_id if holder else "", Refused(reason, holder), self.address)
        raise invalid_token(self.service)


@dataclass(frozen=True, slots=True)
class Refused:
    """Why a credential was not accepted, for the logs; and whose it is, where that is certain."""

    reason: str
    holder: Holder | None = None


def read_basic(value: str) -> basic.IdAndSecret | None:
    """None when it is malformed, or longer than any credential."""
    return basic.read(value) if len(value) <= MAX_CREDENTIAL_LENGTH else None


@sensitive_variables()
def check_secret(pair: basic.IdAndSecret | None, now: datetime, service: Service | None) -> Holder | Refused:
    """The live holder of a client ID and its secret. Costs at most one SELECT."""
    if pair is None or not secrets.has_form(pair.secret, secrets.CLIENT_SECRET):
        return Refused("malformed")
    digest = secrets.digest(pair.secret)
    holder = lookup.by_digest(Credential.Kind.SECRET, digest, now, service)
    known = secrets.same(digest, holder.digest if holder else _DUMMY)
    if holder is None or not known or not secrets.same(pair.client_id.encode(), holder.client_id.encode()):
        return Refused("wrong secret")
    reason = _why_dead(holder)
    return Refused(reason, holder) if reason else holder


def _why_dead(holder: Holder) -> str:
    """The reason for the log; the answer never tells it."""
    if not holder.active:
        return "inactive client"
    if holder.revoked:
        return "old credential"
    return "expired credential" if holder.expired else ""


def remember_refused(request: HttpRequest, service: str, refused: Refused) -> None:
    """For the activity of the client whose secret it is, where that is certain."""
    if refused.holder is not None:
        activity.remember(request, activity.Caller(refused.holder, service, "secret", refused.reason))


def count_refused(service: str, pair: basic.IdAndSecret | None, refused: Refused, address: str) -> None:
    """``count_failure`` for a client ID and secret. What was sent as ID is kept only where it has the form of one."""
    claimed = pair.client_id if pair and secrets.is_client_id(pair.client_id) else ""
    count_failure(service, claimed, refused, address)


def count_failure(service: str, claimed: str, refused: Refused, address: str) -> None:
    """Note a failed authentication and spend of its budgets: TooManyRequests when they are empty."""
    refusals.note(refusals.Cause(claimed, service, refused.reason, address))
    try:
        throttle.spend_failure(claimed, address)
    except TooManyRequests:
        _note_failed(service, refused.holder, ClientUsage.Outcome.LIMITED, address)
        raise
    _note_failed(service, refused.holder, ClientUsage.Outcome.UNAUTHENTICATED, address)


def _note_failed(service: str, holder: Holder | None, outcome: ClientUsage.Outcome, address: str) -> None:
    if holder is not None:
        usage.note(holder, service, outcome, now=timezone.now(), address=address)


def challenge(service: Service) -> str:
    """RFC 9110 §11.6.1, RFC 9728 §5.1: how to authenticate here."""
    start = f'Basic realm="{service.realm}", charset="UTF-8", ' if service.accepts_basic else ""
    return start + _bearer(service, resource_metadata=_metadata_url(service))


def invalid_token(service: Service) -> InvalidToken:
    """RFC 6750 §3.1; one text for every reason."""
    text = "The token is wrong, expired or revoked."
    metadata = _metadata_url(service)
    header = _bearer(service, error="invalid_token", error_description=text, resource_metadata=metadata)
    return InvalidToken(text, headers={"WWW-Authenticate": header})


def _bearer(service: Service, **parameters: str) -> str:
    return "Bearer " + ", ".join(f'{name}="{value}"' for name, value in {"realm": service.realm, **parameters}.items())


def _metadata_url(service: Service) -> str:
    return public_url() + service.metadata_path
