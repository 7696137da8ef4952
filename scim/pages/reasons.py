"""Why a request was refused and what to do, in plain words."""

from dataclasses import dataclass
from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from clients.pages.text import Text
from scim.models import ProvisioningEntry


@dataclass(frozen=True, slots=True)
class Reason:
    why: Text
    what_to_do: Text


_BY_TYPE = {
    "uniqueness": Reason(
        _("Somebody else in the LMS already has this value, or the user belongs to another configuration."),
        _("Search the users for the value. The directory may have the person twice, or another directory keeps him."),
    ),
    "invalidFilter": Reason(
        _("The directory searched by an attribute this configuration does not keep, or in a way nobody can tell."),
        _("Add the attribute on the Mapping tab, or choose another matching attribute in the directory."),
    ),
    "invalidValue": Reason(
        _("A value is missing or does not fit, or the user would lie outside the scope."),
        _("Read the message below, and correct the value or its mapping in the directory."),
    ),
    "mutability": Reason(
        _("The directory tried to change or clear what cannot be changed or cleared."),
        _("Take this attribute out of what the directory sends."),
    ),
    "noTarget": Reason(
        _("The change is about an entry that the user does not have."),
        _("Switch on “Create a missing entry” on the General tab, or have the directory add the entry first."),
    ),
    "invalidSyntax": Reason(
        _("The body is not what the standard expects, or names an unknown attribute."),
        _("Choose the identity provider’s preset on the General tab."),
    ),
}
_BY_STATUS = {
    403: Reason(
        _("The configuration was paused or read-only."),
        _("Resume it on the General tab. The directory sends the change again by itself."),
    ),
    404: Reason(
        _("The user or group does not exist here: removed, outside the scope, or known under another ID."),
        _("Have the directory provision it again. It looks the user up and creates him anew."),
    ),
    412: Reason(
        _("The resource had changed since the directory read it."), _("Nothing. The directory reads it again.")
    ),
    413: Reason(_("The body was too large."), _("Have the directory send fewer operations at once.")),
    429: Reason(_("The directory sent more requests than allowed."), _("Raise the limit on the General tab.")),
}
_BUSY = Reason(
    _("Another change of the same user or group was under way."),
    _("Nothing. The directory sends the change again by itself."),
)
_FAULT = Reason(
    _("The server met a problem of its own."), _("Look for the request’s ID in the server’s log, and report it.")
)


def reason_of(entry: ProvisioningEntry) -> Reason | None:
    """None where nothing was refused, or the message says it all."""
    if entry.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return _BUSY
    if entry.outcome == ProvisioningEntry.Outcome.FAILED:
        return _FAULT
    return _BY_TYPE.get(entry.scim_type) or _BY_STATUS.get(entry.status)
