"""The Mapping tab: which attributes a configuration keeps, which field each feeds, and how."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clients.administration import Action
from clients.audit import Origin
from clients.pages.forms import Form
from clients.pages.frame import administrator, sent, show
from clients.pages.reach import needed
from clients.pages.sentences import told
from scim.actions import update_configuration
from scim.mapping import MINIMAL, PATHS, STANDARD, Mode, Row, Rows, UnfitMapping, rows_of
from scim.models import ScimConfiguration
from scim.pages.configuration_general import may_edit, reachable
from scim.pages.configuration_tabs import above, tabs
from scim.pages.mapping_example import ExampleForm, Shown, field_name, shown

FIXED = ("userName", "active")
MODES = [
    (Mode.DIRECTORY, _("Directory: on every change")),
    (Mode.INITIAL, _("Initial: when the user is created")),
    (Mode.LMS, _("LMS: shown, never written")),
]
_USUAL = {row.path: row for row in STANDARD}
_PRESETS = {"standard": STANDARD, "minimal": MINIMAL}


class MappingForm(Form):
    """Four controls for each attribute that can be mapped; the field it feeds is the one meant for it, or none."""

    preset = forms.ChoiceField(
        label=_("Start from"),
        required=False,
        choices=[
            ("", _("The rows below")),
            ("standard", _("Standard: all attributes")),
            ("minimal", _("Minimal: names, email and active")),
        ],
    )

    def __init__(self, data: Mapping[str, Any] | None, rows: Rows) -> None:
        present = {row.path: row for row in rows}
        initial: dict[str, Any] = {}
        super().__init__(data, initial=initial)
        for number, path in enumerate(PATHS):
            row = present.get(path)
            self._add(number, path, row)

    def _add(self, number: int, path: str, row: Row | None) -> None:
        usual, name = _USUAL[path], path.rpartition(":")[2]
        controls = {
            "kept": forms.BooleanField(
                label=_("Keep %(name)s") % {"name": name},
                required=False,
                initial=row is not None,
                disabled=path in FIXED,
            ),
            "fed": forms.BooleanField(
                label=_("%(name)s feeds the field") % {"name": name},
                required=False,
                initial=bool(row.target if row else usual.target),
                disabled=path in FIXED or not usual.target,
            ),
            "mode": forms.ChoiceField(
                label=_("Mode of %(name)s") % {"name": name},
                required=False,
                choices=MODES,
                initial=row.mode if row else Mode.DIRECTORY,
                disabled=path in FIXED or not usual.target,
            ),
            "sensitive": forms.BooleanField(
                label=_("%(name)s is sensitive") % {"name": name},
                required=False,
                initial=bool(row and row.sensitive),
                disabled=path in FIXED,
            ),
        }
        for kind, field in controls.items():
            field.widget.attrs["aria-label"] = field.label
            if kind == "mode":
                field.widget.attrs["class"] = "input"
            self.fields[f"{kind}-{number}"] = field

    def lines(self) -> list[tuple[str, Any, list[forms.BoundField]]]:
        """Each attribute, the name of its field, and its controls."""
        kinds = ("kept", "fed", "mode", "sensitive")
        return [
            (path.rpartition(":")[2], _field_name(_USUAL[path]), [self[f"{kind}-{number}"] for kind in kinds])
            for number, path in enumerate(PATHS)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        try:
            rows_of(self.rows(cleaned))
        except UnfitMapping as error:
            raise forms.ValidationError(told(str(error))) from error
        return cleaned

    def rows(self, cleaned: Mapping[str, Any]) -> list[dict[str, Any]]:
        if cleaned.get("preset"):
            return [row.as_json() for row in _PRESETS[cleaned["preset"]]]
        return [
            Row(
                path,
                _USUAL[path].target if cleaned[f"fed-{number}"] else "",
                Mode(cleaned[f"mode-{number}"] or Mode.DIRECTORY),
                cleaned[f"sensitive-{number}"],
            ).as_json()
            for number, path in enumerate(PATHS)
            if cleaned[f"kept-{number}"] or path in FIXED
        ]


@require_http_methods(["GET", "HEAD", "POST"])
def mapping(request: HttpRequest, pk: int) -> HttpResponse:
    user = administrator(request)
    configuration = reachable(user, needed(request, Action.EDIT), pk)
    form = MappingForm(sent(request), rows_of(configuration.mapping))
    trying = request.POST.get("action") == "try"
    example = ExampleForm(request.POST if trying else None, configuration)
    if not may_edit(user, pk):
        form.only_show()
    if form.is_valid() and not trying:
        values = {"mapping": form.rows(form.cleaned_data)}
        update_configuration(configuration, values=values, by=Origin.of(request))
        messages.success(request, _now("Changes saved."))
        return redirect("scim-configuration-mapping", pk)
    refused = form if form.errors else example
    return show(
        request,
        "scim/configuration_mapping.html",
        title=configuration.name,
        above=above(),
        configuration=configuration,
        form=refused,
        mapping=form,
        example=example,
        shown=_shown(request, configuration, form, example),
        stamped=[field_name(name) for name in configuration.stamps],
        tabs=tabs(request, configuration, "scim-configuration-mapping"),
    )


def _shown(
    request: HttpRequest, configuration: ScimConfiguration, form: MappingForm, example: ExampleForm
) -> Shown | None:
    """The example's effect by the rows on the page, saved or not; nothing where these do not fit."""
    if form.errors or example.errors:
        return None
    rows = form.rows(form.cleaned_data) if form.is_bound else configuration.mapping
    return shown(example, configuration, rows, Origin.of(request))


def _field_name(row: Row) -> Any:
    if not row.target:
        return _("Kept for the directory alone") if row.path != "active" else _("Not blocked")
    return field_name(row.target)
