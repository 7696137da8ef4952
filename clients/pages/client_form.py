"""The form of the General tab, as wide as the administrator's own rights."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.apps import apps
from django.utils.translation import gettext_lazy as _

from clients.administration import Action, ObjectType
from clients.models import Administrator, Client, LmsSettings
from clients.pages.forms import ConfirmField, SwitchField, TextField
from clients.pages.label_field import LabelField
from clients.pages.labelled_form import LabelledForm

if TYPE_CHECKING:
    _ModelChoice = forms.ModelChoiceField[Any]
else:
    _ModelChoice = forms.ModelChoiceField


EVERY_LEARNER = _("I know that it covers every learner’s data, also of other clients")
OF_THE_FORM = {"version", "confirm_full_read"}  # fields that are no columns of a client


class ClientForm(LabelledForm):
    """The fields that a new client and the General tab share."""

    name = TextField(_("Name"), limit=120, ask=_("Enter a name for the client."))
    short_description = TextField(
        _("Short description"),
        limit=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("What the client is used for, and who owns it. Up to 200 characters."),
    )
    labels = LabelField(
        help_text=_(
            "Labels control which administrators reach this client. Choose the most specific ones: their parents are "
            "implied. Without a label, only administrators with unlimited permission reach it."
        ),
        none_in_reach=_(
            "Choose at least one label within your permissions, or you could not open the client yourself."
        ),
    )


class ConfigurationField(_ModelChoice):
    def label_from_instance(self, obj: Any) -> str:
        return self.words(obj)

    @staticmethod
    def words(configuration: Any) -> str:
        name: str = configuration.name
        return name if configuration.active else _("%(name)s (not active)") % {"name": name}


class GeneralForm(ClientForm):
    """What the administrator may not change is not a field here, so it stays as it is; the page shows it as text."""

    active = SwitchField(
        _("Active"),
        help_text=_(
            "While off, the client cannot be used: token requests are refused and its tokens stop working at once."
        ),
    )
    scim_configuration = ConfigurationField(
        queryset=None,
        required=False,
        label=_("SCIM configuration"),
        empty_label=_("None: no SCIM access"),
        help_text=_(
            "Which users the client may see and change over SCIM. Without a configuration it has no SCIM access."
        ),
        error_messages={"invalid_choice": _("Choose a SCIM configuration from the list.")},
    )
    lrs_own = SwitchField(
        _("Allow LRS access — read and write access to statements created by this client"),
        help_text=_("The client may store xAPI statements and read back only those it stored."),
    )
    lrs_full_read = SwitchField(
        _("Allow LRS access — full read access to all data"),
        badge=_("Sensitive"),
        help_text=_(
            "The client may read every statement, also other clients’ learner data. It gives no right to write."
        ),
    )
    confirm_full_read = ConfirmField(EVERY_LEARNER)
    version = forms.CharField(widget=forms.HiddenInput, required=False)
    shared_events = SwitchField(_("Allow shared events access — for synchronizing events with other LMSes"))

    def __init__(self, data: Mapping[str, Any] | None, *, client: Client, user: Administrator) -> None:
        borne = {label.pk for label in client.labels.all()}
        super().__init__(data, initial=_initial(client, borne))
        self.label_field.limit_to(user, Action.EDIT, borne, ObjectType.CLIENT)
        self.fields["shared_events"].help_text = _shared_events_help()
        self._offer_configurations(client, user)
        may_grant = user.reach(Action.VIEW, ObjectType.STATEMENT) is None
        if not may_grant:
            del self.fields["lrs_full_read"]
        if client.lrs_full_read or not may_grant:
            del self.fields["confirm_full_read"]
        else:
            self.fields["confirm_full_read"].required = bool(data and data.get("lrs_full_read"))

    @property
    def values(self) -> dict[str, Any]:
        return {name: value for name, value in super().values.items() if name not in OF_THE_FORM}

    def _offer_configurations(self, client: Client, user: Administrator) -> None:
        """Whoever connects a configuration lets the client change its users: that takes the right to change it."""
        configurations = apps.get_model("scim", "ScimConfiguration").objects
        within = configurations.in_reach_of(user, Action.EDIT)
        field = self.fields["scim_configuration"]
        assert isinstance(field, ConfigurationField)
        field.queryset = within
        self.foreign_configuration = (
            client.scim_configuration_id is not None and not within.filter(pk=client.scim_configuration_id).exists()
        )
        seen = configurations.in_reach_of(user, Action.VIEW).filter(pk=client.scim_configuration_id).first()
        self.seen_configuration = ConfigurationField.words(seen) if seen else ""
        if self.foreign_configuration:
            del self.fields["scim_configuration"]


def _initial(client: Client, borne: set[int]) -> dict[str, Any]:
    switches = ("active", "lrs_own", "lrs_full_read", "shared_events")
    return {
        "name": client.name,
        "short_description": client.short_description,
        "labels": borne,
        "version": client.version,
        "scim_configuration": client.scim_configuration_id,
        **{name: getattr(client, name) for name in switches},
    }


def _shared_events_help() -> Any:
    if LmsSettings.current().shared_events_enabled:
        return _("The client may synchronize events with other LMSes.")
    return _("Shared events are off for this LMS: this has no effect now.")
