"""Second factors of administrators, each change one transaction with its audit entry."""

from typing import Any

from allauth.mfa import app_settings
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.db import transaction
from django.db.models import QuerySet
from django.views.decorators.debug import sensitive_variables

from clients import audit
from clients.audit import Origin
from clients.models import Administrator
from lms_oauth.sealing import Sealer

Kind = Authenticator.Type
SEALER = Sealer(b"clients.second_factor")


def factors(user: Administrator) -> "QuerySet[Authenticator]":
    return Authenticator.objects.filter(user_id=user.pk).order_by("created_at", "pk")


@sensitive_variables()
@transaction.atomic
def add_app(user: Administrator, secret: str, *, by: Origin) -> list[str]:
    """Put an authenticator app in place of the one there was. Recovery codes, where this made the first ones."""
    _lock(user)
    factors(user).filter(type=Kind.TOTP).delete()
    TOTP.activate(user, secret)
    audit.record("second_factor_added", user, by=by, kind="authenticator app")
    return _first_codes(user, by)


@transaction.atomic
def add_passkey(user: Administrator, name: str, credential: dict[str, Any], *, by: Origin) -> list[str]:
    _lock(user)
    WebAuthn.add(user, name, credential)
    audit.record("second_factor_added", user, by=by, kind="passkey", name=name)
    return _first_codes(user, by)


@transaction.atomic
def rename_passkey(passkey: Authenticator, name: str, *, by: Origin) -> None:
    names = [passkey.data["name"], name]
    passkey.data["name"] = name
    passkey.save(update_fields=["data"])
    audit.record("passkey_changed", passkey.user, by=by, name=names)


@transaction.atomic
def remove(factor: Authenticator, *, by: Origin) -> None:
    """Recovery codes stand in for another factor: they go with the last one."""
    user = factor.user
    _lock(user)
    factor.delete()
    if not factors(user).exclude(type=Kind.RECOVERY_CODES).exists():
        factors(user).delete()
    named = {"name": factor.data["name"]} if factor.type == Kind.WEBAUTHN else {}
    kind = "passkey" if factor.type == Kind.WEBAUTHN else "authenticator app"
    audit.record("second_factor_removed", user, by=by, kind=kind, **named)


@transaction.atomic
def remove_all(user: Administrator, *, by: Origin) -> bool:
    """For whoever lost them: the password alone is enough then. False where there was none."""
    _lock(user)
    kinds = sorted({str(factor.type) for factor in factors(user)})
    if not kinds:
        return False
    factors(user).delete()
    audit.record("second_factors_reset", user, by=by, kinds=kinds)
    return True


@transaction.atomic
def new_codes(user: Administrator, *, by: Origin) -> list[str]:
    """Recovery codes in place of those there were."""
    _lock(user)
    factors(user).filter(type=Kind.RECOVERY_CODES).delete()
    audit.record("recovery_codes_made", user, by=by)
    return _codes(user)


def unused_codes(codes: Authenticator) -> int:
    return int(app_settings.RECOVERY_CODE_COUNT) - int(codes.data["used_mask"]).bit_count()


def _first_codes(user: Administrator, by: Origin) -> list[str]:
    return [] if factors(user).filter(type=Kind.RECOVERY_CODES).exists() else new_codes(user, by=by)


def _codes(user: Administrator) -> list[str]:
    made: list[str] = RecoveryCodes.activate(user).generate_codes()
    return made


def _lock(user: Administrator) -> None:
    """Two changes of one administrator's factors go one after the other."""
    Administrator.objects.select_for_update().get(pk=user.pk)


_SEALED = {Kind.TOTP: "secret", Kind.RECOVERY_CODES: "seed"}


@transaction.atomic
def renew_sealed() -> int:
    """Apps and recovery codes under the present key. Nobody uses a factor up meanwhile."""
    rows = Authenticator.objects.select_for_update().filter(type__in=_SEALED)
    for row in rows:
        name = _SEALED[row.type]
        if name in row.data:
            row.data[name] = SEALER.renewed(row.data[name].encode()).decode()
            row.save(update_fields=["data"])
    return len(rows)
