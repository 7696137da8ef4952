"""Which administrator somebody is whom the provider vouches for. Nobody is created, and nobody blocked comes in."""

from enum import StrEnum

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from clients import audit
from clients.audit import Origin
from clients.models import Administrator, OidcIdentity
from clients.oidc import Asserted


class Unknown(StrEnum):
    """As the audit log keeps it."""

    NOBODY = "unknown address"
    SEVERAL = "several with this address"
    UNVERIFIED = "unverified address"
    BLOCKED = "blocked"
    ANOTHER = "another identity"


class NoAccount(Exception):
    def __init__(self, reason: Unknown, administrator: Administrator | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.administrator = administrator


@transaction.atomic
def administrator_of(who: Asserted, *, by: Origin) -> Administrator:
    """Found by issuer and subject; before these are stored, by the verified e-mail address. NoAccount otherwise."""
    held = _identities(who).select_related("administrator").first()
    if held is not None:
        return _unblocked(held.administrator)
    if not who.email_verified:
        raise NoAccount(Unknown.UNVERIFIED)
    return _link(_named(who.email), who, by)


def is_known_as(administrator: Administrator, who: Asserted) -> bool:
    return _identities(who).filter(administrator=administrator).exists()


def has_identity(administrator: Administrator) -> bool:
    """At the provider that is configured now."""
    return administrator.identities.filter(issuer=settings.OIDC_ISSUER).exists()


@transaction.atomic
def unlink(administrator: Administrator, *, by: Origin) -> bool:
    """The next sign-in goes by e-mail address again. False where nothing was stored."""
    Administrator.objects.select_for_update().get(pk=administrator.pk)
    count, _each = administrator.identities.all().delete()
    if count:
        audit.record("identity_unlinked", administrator, by=by)
    return bool(count)


def _identities(who: Asserted) -> "QuerySet[OidcIdentity]":
    return OidcIdentity.objects.filter(issuer=who.issuer, subject=who.subject)


def _named(email: str) -> Administrator:
    found = [each for each in Administrator.objects.filter(email__iexact=email) if _same(each.email, email)]
    active = [each for each in found if each.is_active]
    if len(active) > 1:
        raise NoAccount(Unknown.SEVERAL)
    if active:
        return active[0]
    if found:
        raise NoAccount(Unknown.BLOCKED, found[0])
    raise NoAccount(Unknown.NOBODY)


def _same(one: str, other: str) -> bool:
    """But for the case of A to Z: databases also take look-alikes for the same."""
    return bool(other) and one.encode().lower() == other.encode().lower()


def _link(administrator: Administrator, who: Asserted, by: Origin) -> Administrator:
    locked = Administrator.objects.select_for_update().get(pk=administrator.pk)
    held, made = locked.identities.get_or_create(issuer=who.issuer, defaults={"subject": who.subject})
    if held.subject != who.subject:
        raise NoAccount(Unknown.ANOTHER, locked)
    if made:
        audit.record("identity_linked", locked, by=by, issuer=who.issuer)
    return _unblocked(locked)


def _unblocked(administrator: Administrator) -> Administrator:
    if not administrator.is_active:
        raise NoAccount(Unknown.BLOCKED, administrator)
    return administrator
