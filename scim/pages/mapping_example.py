"""The live example of the Mapping tab: what would be kept of a request, field by field."""

import json
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.audit import Origin
from clients.pages.forms import Form
from clients.pages.text import Text
from scim.effect import Effect, Fate, Part, effect_of
from scim.models import LmsUser, ProvisioningEntry, ScimConfiguration, ScimLink
from scim.pages.flag_texts import PRESETS
from scim.pages.provider_examples import EXAMPLES
from scim.tolerances import Preset

PASTED = "pasted"
_RECENT, _OFFERED = 500, 10
_FATES: dict[Fate, Text] = {
    Fate.FEEDS: _("Kept, and feeds a field"),
    Fate.KEPT: _("Kept for the directory alone"),
    Fate.OWN_ID: _("Kept as the directory’s own ID"),
    Fate.STATE: _("Says whether the user is blocked"),
    Fate.EMPTY: _("Empty: clears the attribute"),
    Fate.SERVER: _("Ignored: this server says it itself"),
    Fate.PASSWORD: _("Dropped: passwords are never kept"),
    Fate.LMS: _("Dropped: the LMS says it, in mode LMS"),
    Fate.STAMPED: _("Dropped: this configuration sets the field itself"),
    Fate.UNMAPPED: _("Dropped: not kept by this mapping"),
    Fate.UNKNOWN: _("Dropped: nobody knows this attribute"),
}


class ExampleForm(Form):
    """``body`` is the chosen request as JSON text, once the form is valid."""

    example = forms.ChoiceField(label=_("Request"))
    pasted = forms.CharField(
        label=_("JSON"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false"}),
        help_text=_("For “The JSON below”: the body of a request that creates a user."),
    )

    def __init__(self, data: Mapping[str, Any] | None, configuration: ScimConfiguration) -> None:
        super().__init__(data, initial={"example": Preset.ENTRA_ID.value})
        self.entries = {f"entry-{one.pk}": one for one in _recent(configuration)}
        self.fields["example"].choices = [  # type: ignore[attr-defined]
            (_("What a provider sends"), [(preset.value, PRESETS[preset]) for preset in EXAMPLES]),
            (_("From the log"), [(name, _told(one)) for name, one in self.entries.items()]),
            (PASTED, _("The JSON below")),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("example") == PASTED and not cleaned.get("pasted", "").strip():
            self.add_error("pasted", _("Paste the body of a request."))
        return cleaned

    @property
    def body(self) -> str:
        chosen = self.cleaned_data["example"] if self.is_bound else Preset.ENTRA_ID.value
        if chosen == PASTED:
            return str(self.cleaned_data["pasted"])
        if chosen in self.entries:
            return self.entries[chosen].body
        return json.dumps(EXAMPLES[Preset(chosen)], indent=2, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Shown:
    """``parts``: an attribute without its URN, the value sent, what becomes of it, and the field it feeds.

    ``fields``: name, value."""

    body: str
    effect: Effect
    parts: list[tuple[str, Part, Text, Text]]
    fields: list[tuple[Text, str]]
    lost: list[str]


def shown(form: ExampleForm, configuration: ScimConfiguration, rows: list[dict[str, Any]], by: Origin) -> Shown:
    """As if ``rows`` were saved. ``lost``: attributes that are kept now and then no more."""
    tried = copy(configuration)
    tried.mapping = rows
    effect = effect_of(tried, form.body, by)
    parts = [(part.path.rpartition(":")[2], part, _FATES[part.fate], field_name(part.field)) for part in effect.parts]
    fields = [(field_name(name), text) for name, text in effect.fields.items()]
    after = {row.path for row in tried.rows}
    lost = [row.path.rpartition(":")[2] for row in configuration.rows if row.path not in after]
    return Shown(form.body, effect, parts, fields, lost)


def field_name(name: str) -> Text:
    if name == "manager":
        return _("Manager")
    return LmsUser._meta.get_field(name).verbose_name if name else ""  # type: ignore[union-attr]  # noqa: SLF001


def _recent(configuration: ScimConfiguration) -> Iterator[ProvisioningEntry]:
    """Of the newest entries, those that sent a whole user; their bodies are redacted already."""
    newest = ProvisioningEntry.objects.filter(configuration=configuration).order_by("-pk").values("pk")[:_RECENT]
    whole = ProvisioningEntry.objects.filter(pk__in=list(newest.values_list("pk", flat=True)))
    whole = whole.filter(method__in=["POST", "PUT"], kind=ScimLink.Kind.USER).exclude(body="")
    return whole.order_by("-pk")[:_OFFERED].iterator()


def _told(entry: ProvisioningEntry) -> str:
    return f"{entry.at:%Y-%m-%d %H:%M} {entry.method} {entry.external_id or entry.scim_id}"
