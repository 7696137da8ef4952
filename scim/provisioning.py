"""The only writer of users for SCIM: create or adopt, change, block, unblock. Each verb is one transaction."""

import re
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import F
from django.utils import timezone

from clients import audit
from clients.audit import Origin
from clients.models import LmsSettings
from lms_oauth.signals import user_blocked, user_changed
from scim import mapping
from scim.announcements import announce
from scim.comparison import key
from scim.drift import follow, values_of
from scim.errors import InvalidValue, NotFound, Taken
from scim.matching import match
from scim.models import LmsUser, ScimConfiguration, ScimLink
from scim.notes import Notes
from scim.storage import groups, index, links
from scim.wanted import Wanted

_VIOLATED = re.compile(r"(?:lms_user_unique_|scim_lmsuser\.)(user_name|email|employee_id)")
_CROSSED = re.compile(r'deadlock detected.* in relation "(?:lms_user|scim_link)_unique_', re.DOTALL)
BLOCKED, UNBLOCKED = "user_blocked", "user_unblocked"
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+")
whole = transaction.atomic(
    savepoint=False
)  # a refusal inside undoes the request's operation, so there is nothing to keep


@dataclass(frozen=True, slots=True)
class Provisioner:
    """Acts for one configuration. ``case_exact``: paths of all attributes compared as they are."""

    configuration: ScimConfiguration
    by: Origin
    case_exact: Collection[str] = ()
    notes: Notes = field(default_factory=Notes)

    @whole
    def create(self, wanted: Wanted) -> ScimLink:
        """A new link to a new user, or to the one the keys find. Taken when somebody else has one of them."""
        self.notes.kind, self.notes.external_id = ScimLink.Kind.USER.value, wanted.external_id
        account, now = self.account(wanted, creating=True), timezone.now()
        known = match(self.configuration, account, wanted.external_id, self.notes)
        user = known or LmsUser()
        toggled = self._toggle(user, active=wanted.active is not False, at=now)
        changed = self._fill(user, wanted, account, {})
        link = ScimLink(configuration=self.configuration, kind=ScimLink.Kind.USER, user=user, created=now)
        self._write(link, wanted, changed if known else (), at=now)
        self._record("user_linked" if known else "user_created", user, link)
        self._tell(toggled, user, link)
        return link

    @whole
    def change(self, link: ScimLink, wanted: Wanted) -> ScimLink:
        """Bring link and user to what is wanted. What changes nothing leaves the version alone."""
        user, now = _user_of(link), timezone.now()
        self._about(link)
        account = self.account(wanted, creating=False)
        toggled = "" if wanted.active is None else self._toggle(user, active=wanted.active, at=now)
        if toggled or (wanted.data, wanted.external_id) != (link.data, link.external_id):
            before = mapping.account(link.data, self.configuration.rows, creating=False)
            self._write(link, wanted, self._fill(user, wanted, account, before), at=now)
            self._tell(toggled, user, link)
        return link

    @whole
    def remove(self, link: ScimLink) -> None:
        """Block the user and leave a tombstone: the row and its history stay, the id is never used again."""
        user, now = _user_of(link), timezone.now()
        self._about(link)
        self.notes.done = True
        toggled = self._toggle(user, active=False, at=now)
        user.save()
        index.erase(link)
        groups.leave([link.pk], now)
        ScimLink.objects.filter(pk=link.pk).update(gone_at=now)
        self._record("user_unlinked", user, link)
        self._tell(toggled, user, link)

    def account(self, wanted: Wanted, *, creating: bool) -> dict[str, str]:
        """The fields that a directory writes, or InvalidValue where one is missing or does not fit."""
        stated = mapping.account(wanted.data, self.configuration.rows, creating=creating)
        account = {name: text for name, text in stated.items() if name not in self.configuration.stamps}
        if not str(wanted.data.get("userName", "")).strip():
            raise InvalidValue("userName is required.")
        email = account.get("email", "")
        if email and not _ADDRESS.fullmatch(email):
            raise InvalidValue("emails: an address has one @ and no spaces.")
        if "email" in account and not email and not self._known_by_employee_id(account):
            raise InvalidValue("emails is required.")
        return account

    def _known_by_employee_id(self, account: Mapping[str, str]) -> bool:
        return LmsSettings.current().employee_ids_in_use and bool(account.get("employee_id"))

    def _manager(self, wanted: Wanted) -> LmsUser | None:
        """The user of a visible link the manager's id names; any other id is kept as sent and means nobody."""
        scim_id = mapping.manager_id(wanted.data)
        try:
            return links.find(self.configuration, ScimLink.Kind.USER, scim_id).user if scim_id else None
        except NotFound:
            self.notes.warn("manager: nobody has this id; it is kept as sent.")
            return None

    def _fill(
        self, user: LmsUser, wanted: Wanted, account: Mapping[str, str], before: Mapping[str, str]
    ) -> Collection[str]:
        """Write what the directory changes; the fields that differ. What it never stated the LMS may keep otherwise."""
        held = values_of(user)
        known_as = self.configuration.stamped(user.user_name)
        for name, text in self.configuration.stamped(str(wanted.data["userName"])).items():
            if user.pk is None or getattr(user, name) == known_as[name]:  # a stamp follows the user name
                setattr(user, name, text)
        for name, text in account.items():
            if text != before.get(name, ""):
                setattr(user, name, text)
        if any(row.target == "manager" for row in self.configuration.rows):
            user.manager = self._manager(wanted)
        with uniqueness():
            user.save()
        self._require_scope(user)
        return {name for name, value in values_of(user).items() if value != held[name]}

    def _toggle(self, user: LmsUser, *, active: bool, at: datetime) -> str:
        """Block or unblock; the action done, or nothing. By default a block that an administrator set stays."""
        if active != user.blocked:
            return ""
        kept = user.blocked_by == LmsUser.BlockedBy.ADMINISTRATOR and self.configuration.tolerances.manual_block_wins
        if active and kept:
            self.notes.warn("active: an administrator blocked this user, who stays blocked.")
            return ""
        self.notes.changes["active"] = [not active, active]
        user.blocked, user.blocked_at = not active, None if active else at
        user.blocked_by = "" if active else LmsUser.BlockedBy.DIRECTORY
        return UNBLOCKED if active else BLOCKED

    def _about(self, link: ScimLink) -> None:
        notes = self.notes
        notes.kind, notes.scim_id, notes.external_id = link.kind, str(link.scim_id), link.external_id
        notes.user_pk = link.user_id

    def _require_scope(self, user: LmsUser) -> None:
        """A write that would take somebody out of sight is refused as a whole, unless that is allowed."""
        bounded = self.configuration.scope_rule and not self.configuration.tolerances.may_leave_scope
        if bounded and not LmsUser.objects.filter(self.configuration.scope(), pk=user.pk).exists():
            raise InvalidValue("With these values the user would lie outside the scope of this configuration.")

    def _write(self, link: ScimLink, wanted: Wanted, changed: Collection[str], *, at: datetime) -> None:
        self.notes.compare(
            link.data | {"externalId": link.external_id}, wanted.data | {"externalId": wanted.external_id}
        )
        self.notes.done = True
        link.data, link.external_id, link.key = wanted.data, wanted.external_id, key(wanted.data["userName"])
        assert link.user is not None, "a link is written with its user"
        for row in mapping.published_by_lms(self.configuration.rows):
            mapping.put(link.data, row.path, getattr(link.user, row.target))
        link.modified = at
        link.version = link.version + 1 if link.pk else 1
        with uniqueness():
            link.save()
            follow(link.user, changed, apart_from=link, case_exact=self.case_exact, at=at)
        self._about(link)
        index.write(link, self.case_exact)

    def _tell(self, toggled: str, user: LmsUser, link: ScimLink) -> None:
        if toggled:
            others = ScimLink.objects.live().filter(user=user).exclude(pk=link.pk)
            others.update(version=F("version") + 1, modified=timezone.now())
            self._record(toggled, user, link)
        signal = user_blocked if toggled == BLOCKED else user_changed
        announce(signal, user.pk)

    def _record(self, action: str, user: LmsUser, link: ScimLink) -> None:
        audit.record(action, user, by=self.by, scim_configuration=self.configuration.name, scim_id=str(link.scim_id))


def _user_of(link: ScimLink) -> LmsUser:
    assert link.user is not None, "only tombstones lose their user"
    return link.user


@contextmanager
def uniqueness(otherwise: str = "userName") -> Iterator[None]:
    """The database decides races; its constraint names the attribute, or it is ``otherwise``. Ends the transaction.

    PostgreSQL finds a deadlock where two take each other's values at once: each value was taken when it was asked for.
    """
    try:
        yield
    except IntegrityError as error:
        raise _taken(str(error).partition("\n")[0], otherwise) from error
    except OperationalError as error:
        if not _CROSSED.search(str(error)):
            raise
        raise _taken(str(error), otherwise) from error


def _taken(told: str, otherwise: str) -> Taken:
    violated = _VIOLATED.search(told)
    return Taken(mapping.attribute_of(violated[1]) if violated else otherwise)
