"""Kinds of credentials in every state, with switches on and off: what every service must answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils import timezone

from clients import actions, lookup, secrets, tokens
from clients.models import Client, Credential
from clients.rights import Service, default_scopes, scope_bits
from tests.builders import (
    BY,
    ClientWithCredentials,
    enable_shared_events,
    make_client_with_credentials,
    make_configuration,
)
from tests.headers import basic, bearer

KINDS = ("access_token", "bearer", "secret")


@dataclass(frozen=True)
class Case:
    service: Service
    kind: str
    state: str
    switched_on: bool
    status: int  # 200 stands for whatever the address answers to those it lets in

    def __str__(self) -> str:
        return f"{self.service.slug}-{self.kind}-{self.state}-{'on' if self.switched_on else 'off'}-{self.status}"

    def present(self) -> dict[str, str]:
        """The request header, its client and its credential having been brought into the state."""
        made = make_client_for(self.service)
        value = {"access_token": access_token(made), "bearer": made.bearer, "secret": made.secret}[self.kind]
        _STATES[self.state](made, value)
        if not self.switched_on:
            switch(self.service, made.client, on=False)
        return basic(made.client_id, value) if self.kind == "secret" else bearer(value)


def of(service: Service) -> Iterator[Case]:
    for kind in KINDS:
        for state in _STATES:
            for switched_on in (True, False):
                yield Case(service, kind, state, switched_on, _status(service, kind, state, switched_on))


def check(case: Case, response: HttpResponse) -> None:
    if case.status == 200:
        assert response.status_code not in {401, 403}
        assert response.status_code < 500
        return
    assert response.status_code == case.status
    challenge = response.headers.get("WWW-Authenticate", "")
    expected = 'error="insufficient_scope"' if case.status == 403 else 'error="invalid_token"'
    assert (expected in challenge) == (case.kind != "secret")
    if case.status == 401 and case.kind == "secret":
        assert challenge.startswith("Basic " if case.service.accepts_basic else "Bearer ")


def make_client_for(*services: Service) -> ClientWithCredentials:
    """A client with both credentials and every switch of ``services`` on."""
    made = make_client_with_credentials()
    for service in services:
        switch(service, made.client, on=True)
    return made


def switch(service: Service, client: Client, *, on: bool) -> None:
    if service is Service.SHARED_EVENTS and on:
        enable_shared_events()
    values = {
        Service.SCIM: {"scim_configuration": make_configuration() if on else None},
        Service.XAPI: {"lrs_own": on, "lrs_full_read": on},
        Service.SHARED_EVENTS: {"shared_events": on},
    }[service]
    actions.update_client(client, values=values, by=BY)


def access_token(made: ClientWithCredentials, *, lifetime_seconds: int = 3600, age_seconds: int = 0) -> str:
    """What the token endpoint would issue without ``scope``, ``age_seconds`` ago."""
    now = timezone.now()
    holder = lookup.by_digest(Credential.Kind.SECRET, secrets.digest(made.secret), now)
    assert holder is not None
    return tokens.issue(
        holder,
        scopes=scope_bits(default_scopes(holder.switches.rights)),
        services=tokens.ALL_SERVICES,
        lifetime_seconds=lifetime_seconds,
        now=int(now.timestamp()) - age_seconds,
    )


def set_active(client: Client, *, active: bool) -> None:
    actions.update_client(client, values={"active": active}, by=BY)


def _reactivate(made: ClientWithCredentials, value: str) -> None:
    set_active(made.client, active=False)
    set_active(made.client, active=True)


def _expire(made: ClientWithCredentials, value: str) -> None:
    Credential.objects.filter(client=made.client).update(expires_at=timezone.now() - timedelta(seconds=1))


def _revoke(made: ClientWithCredentials, value: str) -> None:
    if token := tokens.read(value):
        tokens.revoke(value, token.claims)


_STATES: dict[str, Callable[[ClientWithCredentials, str], Any]] = {
    "live": lambda made, value: None,
    "revoked": _revoke,
    "secret_regenerated": lambda made, value: actions.regenerate_secret(made.client, by=BY),
    "bearer_regenerated": lambda made, value: actions.regenerate_token(made.client, by=BY),
    "inactive": lambda made, value: set_active(made.client, active=False),
    "reactivated": _reactivate,
    "expired": _expire,
}
_ENDS = {
    "access_token": {"revoked", "secret_regenerated", "inactive", "reactivated", "expired"},
    "bearer": {"bearer_regenerated", "inactive", "expired"},
    "secret": {"secret_regenerated", "inactive", "expired"},
}


def _status(service: Service, kind: str, state: str, switched_on: bool) -> int:
    if (kind == "secret" and not service.accepts_basic) or state in _ENDS[kind]:
        return 401
    return 200 if switched_on else 403
