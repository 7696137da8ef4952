"""The audit log in words: what was done, and each fact as it was and as it is."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.identities import Unknown
from clients.models import AuditEntry
from clients.oidc import Reason
from clients.pages.activity_figures import REASONS
from clients.pages.sentences import told
from clients.pages.text import Text

ACTIONS: dict[str, Text] = {
    "client_created": gettext_lazy("OAuth client created"),
    "client_updated": gettext_lazy("OAuth client changed"),
    "client_sharing_changed": gettext_lazy("Shared events of an OAuth client changed"),
    "client_deleted": gettext_lazy("OAuth client deleted"),
    "secret_generated": gettext_lazy("Client secret generated"),
    "secret_regenerated": gettext_lazy("Client secret regenerated"),
    "bearer_generated": gettext_lazy("Bearer token generated"),
    "bearer_regenerated": gettext_lazy("Bearer token regenerated"),
    "client_connection_tested": gettext_lazy("Connection of an OAuth client tested"),
    "credential_refused": gettext_lazy("Credential refused"),
    "label_created": gettext_lazy("Permission label created"),
    "label_updated": gettext_lazy("Permission label changed"),
    "label_deleted": gettext_lazy("Permission label deleted"),
    "administrator_created": gettext_lazy("Administrator created"),
    "administrator_updated": gettext_lazy("Administrator changed"),
    "administrator_roles_changed": gettext_lazy("Roles of an administrator changed"),
    "password_changed": gettext_lazy("Password changed"),
    "logged_in": gettext_lazy("Logged in"),
    "reauthentication_failed": gettext_lazy("Confirmation of identity failed"),
    "second_factor_added": gettext_lazy("Second factor added"),
    "second_factor_removed": gettext_lazy("Second factor removed"),
    "second_factors_reset": gettext_lazy("Second factors removed by an administrator"),
    "passkey_changed": gettext_lazy("Passkey renamed"),
    "recovery_codes_made": gettext_lazy("Recovery codes made"),
    "identity_linked": gettext_lazy("Identity at the organisation’s login stored"),
    "identity_unlinked": gettext_lazy("Identity at the organisation’s login forgotten"),
    "sessions_ended": gettext_lazy("Sessions ended"),
    "login_failed": gettext_lazy("Login failed"),
    "login_limited": gettext_lazy("Login refused after too many attempts"),
    "role_created": gettext_lazy("Role created"),
    "role_updated": gettext_lazy("Role changed"),
    "role_permissions_changed": gettext_lazy("Permissions of a role changed"),
    "role_deleted": gettext_lazy("Role deleted"),
    "settings_changed": gettext_lazy("Settings changed"),
    "scim_configuration_created": gettext_lazy("SCIM configuration created"),
    "scim_configuration_updated": gettext_lazy("SCIM configuration changed"),
    "scim_configuration_deleted": gettext_lazy("SCIM configuration deleted"),
    "share_label_created": gettext_lazy("Share label created"),
    "share_label_updated": gettext_lazy("Share label changed"),
    "share_label_deleted": gettext_lazy("Share label deleted"),
    "event_created": gettext_lazy("Event created"),
    "event_updated": gettext_lazy("Event changed"),
    "event_cancelled": gettext_lazy("Event cancelled"),
    "event_sessions_changed": gettext_lazy("Sessions of an event changed"),
    "event_seats_changed": gettext_lazy("Seats of an event changed"),
    "booking_added": gettext_lazy("Participant registered at another LMS"),
    "booking_cancelled": gettext_lazy("Registration at another LMS cancelled"),
    "registration_added": gettext_lazy("Participant added"),
    "registration_cancelled": gettext_lazy("Registration cancelled"),
    "registration_promoted": gettext_lazy("Seat given from the waiting list"),
    "registration_moved": gettext_lazy("Place on the waiting list changed"),
    "user_created": gettext_lazy("User created"),
    "user_linked": gettext_lazy("User connected with a directory"),
    "user_unlinked": gettext_lazy("User removed by a directory"),
    "user_blocked": gettext_lazy("User blocked"),
    "user_unblocked": gettext_lazy("User unblocked"),
    "user_purged": gettext_lazy("User deleted after the retention time"),
    "group_created": gettext_lazy("Directory group created"),
    "group_removed": gettext_lazy("Directory group removed"),
    "statements_imported": gettext_lazy("Statements imported"),
    "shared_events_history_changed": gettext_lazy("History of shared events restarted"),
    "shared_events_settings_changed": gettext_lazy("Settings of shared events changed"),
    "shared_events_origin_changed": gettext_lazy("Name among other LMSes replaced"),
    "peer_added": gettext_lazy("Shared-event peer added"),
    "peer_changed": gettext_lazy("Shared-event peer changed"),
    "peer_paused": gettext_lazy("Shared-event peer paused"),
    "peer_resumed": gettext_lazy("Shared-event peer resumed"),
    "peer_removals_confirmed": gettext_lazy("Removals of a shared-event peer confirmed"),
    "quarantine_retried": gettext_lazy("Quarantined item taken after all"),
    "quarantine_discarded": gettext_lazy("Quarantined item discarded"),
}
# Facts that are no field of the object, or whose field has no name on a page.
_FACTS: dict[str, Text] = {
    "labels": gettext_lazy("Labels"),
    "permissions": gettext_lazy("Permissions"),
    "roles": gettext_lazy("Roles"),
    "superadmin": gettext_lazy("Superadmin"),
    "is_superuser": gettext_lazy("Superadmin"),
    "path": gettext_lazy("Path"),
    "number": gettext_lazy("Number"),
    "client_id": gettext_lazy("Client ID"),
    "reason": gettext_lazy("Reason"),
    "count": gettext_lazy("Count"),
    "by_means_of": gettext_lazy("By means of"),
    "issuer": gettext_lazy("Issuer"),
    "step": gettext_lazy("Step"),
    "kind": gettext_lazy("Kind"),
    "kinds": gettext_lazy("Kinds"),
    "scim_configuration": gettext_lazy("SCIM configuration"),
    "scim_id": gettext_lazy("SCIM ID"),
    "stored": gettext_lazy("Stored"),
    "known": gettext_lazy("Known already"),
    "refused": gettext_lazy("Refused"),
    "ended": gettext_lazy("Ended"),
    "event": gettext_lazy("Event"),
    "problem": gettext_lazy("Problem"),
    "share_labels": gettext_lazy("Share labels"),
    "all_events": gettext_lazy("All shared events"),
    "clients": gettext_lazy("OAuth clients"),
    "events": gettext_lazy("Events"),
    "sessions": gettext_lazy("Sessions"),
    "join_links_changed": gettext_lazy("Links to join changed"),
    "capacity": gettext_lazy("Seats"),
    "minimum": gettext_lazy("Minimum number of participants"),
    "waiting_list": gettext_lazy("Waiting list"),
    "waiting_limit": gettext_lazy("Places on the waiting list"),
    "participant": gettext_lazy("Participant, by user number"),
    "participants": gettext_lazy("Participants"),
    "waiting": gettext_lazy("Waiting"),
    "up": gettext_lazy("Moved up"),
    "attributes": gettext_lazy("Attributes"),
    "rows": gettext_lazy("Attributes"),
}
# Codes of the fact "reason". Those of a refused credential have their words on the Activity tab.
_REASONS: dict[str, Text] = {
    **{code: reason.label for code, reason in REASONS.items()},
    Reason.LOST: gettext_lazy("Not begun in this browser, or too long ago"),
    Reason.CANCELLED: gettext_lazy("Cancelled at the organisation’s login"),
    Reason.PROVIDER: gettext_lazy("The organisation’s login did not answer as it should; the server’s log says why"),
    Reason.NOT_ASKED: gettext_lazy("The organisation’s login did not ask again who is there"),
    Unknown.NOBODY: gettext_lazy("No administrator has the e-mail address"),
    Unknown.SEVERAL: gettext_lazy("Several administrators have the e-mail address"),
    Unknown.UNVERIFIED: gettext_lazy("The organisation has not verified the e-mail address"),
    Unknown.BLOCKED: gettext_lazy("The administrator is blocked"),
    Unknown.ANOTHER: gettext_lazy("The administrator is known as somebody else at the organisation’s login"),
}
_PAGES = {
    "client": "client",
    "permissionlabel": "permission-label",
    "administrator": "administrator",
    "role": "role",
    "scimconfiguration": "scim-configuration",
    "event": "event",
    "sharelabel": "share-label",
}
_WITH_CODE = {"credential_refused", "login_failed", "reauthentication_failed"}  # elsewhere a reason is what was typed
_CHANGES = ("_updated", "_changed")
_PAIR = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """``old`` is None where the entry tells only what is."""

    name: str
    new: str
    old: str | None = None


def action_words(action: str) -> Text:
    """Actions of parts added later read as their own name does."""
    return ACTIONS.get(action) or action.replace("_", " ").capitalize()


def facts(entry: AuditEntry, *, hidden: frozenset[str] = frozenset()) -> list[Fact]:
    """``hidden`` facts are told of, not shown: they may name what the reader does not reach."""
    changes = entry.action.endswith(_CHANGES)
    values = entry.facts
    if "problem" in values:
        values = values | {"problem": told(str(values["problem"]))}
    if entry.action in _WITH_CODE and "reason" in values:
        values = values | {"reason": _REASONS.get(values["reason"], values["reason"])}
    return [
        _fact(fact_words(entry.object_type, name), value, changes=changes, hidden=name in hidden)
        for name, value in values.items()
    ]


def fact_words(object_type: str, name: str) -> str:
    """What the object's own form calls it; a fact of a part added later reads as its own name does."""
    if name in _FACTS:
        return str(_FACTS[name])
    for model in apps.get_models():
        if model._meta.model_name == object_type and name in _field_names(model):  # noqa: SLF001
            return capfirst(str(model._meta.get_field(name).verbose_name))  # type: ignore[union-attr]  # noqa: SLF001
    return name.replace("_", " ").capitalize()


def _field_names(model: type[Model]) -> set[str]:
    return {field.name for field in model._meta.fields}  # noqa: SLF001


def _fact(words: str, value: Any, *, changes: bool, hidden: bool) -> Fact:
    if hidden:
        return Fact(words, _("not shown: it may name what is outside your permissions"))
    if changes and isinstance(value, list) and len(value) == _PAIR:
        return Fact(words, _shown(value[1]), _shown(value[0]))
    return Fact(words, _shown(value))


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in (None, "") else str(value)


def object_url(entry: AuditEntry) -> str:
    """Where the object was; it may be gone, or out of the reader's reach."""
    page = _PAGES.get(entry.object_type)
    try:
        return reverse(page, args=[entry.object_id]) if page else ""
    except NoReverseMatch:  # a refused credential names the client ID that was claimed
        return ""
