"""The forms of a SCIM configuration, as wide as the administrator's own rights."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.validators import validate_slug
from django.utils.translation import gettext_lazy as _

from clients.administration import Action, ObjectType
from clients.models import Administrator
from clients.pages.forms import SwitchField, TextField
from clients.pages.label_field import LabelField
from clients.pages.labelled_form import LabelledForm
from scim.models import ScimConfiguration
from scim.pages.flag_texts import FLAGS, PRESETS
from scim.tolerances import PRESETS as PRESETS_OF
from scim.tolerances import Preset

_COLUMNS = (
    "name",
    "short_description",
    "active",
    "slug",
    "paused",
    "rate",
    "burst",
)


class ConfigurationForm(LabelledForm):
    """The fields that a new configuration and the General tab share."""

    name = TextField(_("Name"), limit=120, ask=_("Enter a name for the configuration."))
    short_description = TextField(
        _("Short description"),
        limit=200,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Which directory it serves, and who looks after it. Up to 200 characters."),
    )
    labels = LabelField(
        help_text=_(
            "Labels control which administrators reach this configuration. Choose the most specific ones: their "
            "parents are implied. Without a label, only administrators with unlimited permission reach it."
        ),
        none_in_reach=_(
            "Choose at least one label within your permissions, or you could not open the configuration yourself."
        ),
    )


class AddForm(ConfigurationForm):
    field_order = ("name", "short_description", "preset", "labels")

    preset = forms.ChoiceField(
        label=_("Identity provider"),
        choices=[*PRESETS.items()],
        initial=Preset.ENTRA_ID,
        required=False,
        help_text=_("Which identity provider sends the requests. Sets what it may send beyond the standard."),
    )

    @property
    def values(self) -> dict[str, Any]:
        preset = Preset(self.cleaned_data["preset"] or Preset.ENTRA_ID)
        columns = {name: self.cleaned_data[name] for name in ("name", "short_description")}
        return columns | {"flags": PRESETS_OF[preset].flags()}


class FlagFields(forms.Form):
    """A switch for each tolerance."""

    base_fields: ClassVar[dict[str, forms.Field]]


FlagFields.base_fields |= {name: SwitchField(label, help_text=text) for name, (label, text) in FLAGS.items()}


class GeneralForm(ConfigurationForm, FlagFields):
    active = SwitchField(
        _("Active"),
        help_text=_("While off, the OAuth clients that use this configuration have no SCIM access."),
    )
    slug = TextField(
        _("Slug"),
        limit=64,
        ask=_("Enter a slug: it is part of the address of this configuration."),
        help_text=_(
            "Letters, digits, hyphens and underscores. Directories that use the address below must change it too."
        ),
        validators=[validate_slug],
    )
    paused = SwitchField(
        _("Paused"), help_text=_("Requests for users and groups are refused; the directory keeps its connection.")
    )
    refuses_writes = SwitchField(_("Read-only"), help_text=_("The directory may look and change nothing."))
    rate = forms.IntegerField(
        label=_("Requests a second"), min_value=0, max_value=100_000, help_text=_("0 means no limit.")
    )
    burst = forms.IntegerField(
        label=_("Requests at once"), min_value=0, max_value=1_000_000, help_text=_("After a pause. 0 means no limit.")
    )
    preset = forms.ChoiceField(
        label=_("Set all switches for"),
        choices=[("", _("Keep the switches below")), *PRESETS.items()],
        required=False,
        help_text=_("Which identity provider sends the requests."),
    )

    def __init__(
        self, data: Mapping[str, Any] | None, *, configuration: ScimConfiguration, user: Administrator
    ) -> None:
        borne = {label.pk for label in configuration.labels.all()}
        initial = {"labels": borne} | {name: getattr(configuration, name) for name in _COLUMNS}
        initial["refuses_writes"] = configuration.read_only
        super().__init__(data, initial=initial | configuration.tolerances.flags())
        self.label_field.limit_to(user, Action.EDIT, borne, ObjectType.SCIM_CONFIGURATION)

    @property
    def flags(self) -> list[forms.BoundField]:
        return [self[name] for name in FLAGS]

    @property
    def values(self) -> dict[str, Any]:
        """The switches as one column; a chosen preset wins."""
        preset = self.cleaned_data["preset"]
        flags = {name: self.cleaned_data[name] for name in FLAGS}
        columns = {name: self.cleaned_data[name] for name in _COLUMNS}
        columns["read_only"] = self.cleaned_data["refuses_writes"]
        return columns | {"flags": PRESETS_OF[Preset(preset)].flags() if preset else flags}

    def refuse_slug(self) -> None:
        self.add_error("slug", _("This slug is taken or reserved. Choose another one."))
