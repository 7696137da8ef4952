"""The Matching tab: who a new user of the directory is, what happens when the LMS has him, and a try-out."""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clients.administration import Action
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.forms import Form, TextField
from clients.pages.frame import administrator, sent, show
from clients.pages.reach import needed
from clients.pages.text import Text
from scim.actions import update_configuration
from scim.errors import Taken
from scim.matching import candidates, match
from scim.models import LmsUser, ScimConfiguration
from scim.models.configuration import Existing, Key
from scim.notes import Notes
from scim.pages.configuration_general import may_edit, reachable
from scim.pages.configuration_tabs import above, tabs
from scim.pages.users import in_reach_of

PLACES = range(len(Key))


class MatchingForm(Form):
    """A choice for each place of the order."""

    existing_users = forms.ChoiceField(
        label=_("Users the LMS already has"),
        choices=Existing.choices,
        help_text=_("What happens when the directory sends somebody in scope whom no directory keeps yet."),
    )

    def __init__(self, data: Mapping[str, Any] | None, configuration: ScimConfiguration) -> None:
        super().__init__(data, initial={"existing_users": configuration.existing_users})
        for place in PLACES:
            self.fields[f"key-{place}"] = forms.ChoiceField(
                label=_("%(n)s. key") % {"n": place + 1},
                choices=[("", _("None")), *Key.choices],
                required=False,
                initial=dict(enumerate(configuration.matching)).get(place, ""),
                widget=forms.Select(attrs={"class": "input"}),
            )

    @property
    def places(self) -> list[forms.BoundField]:
        return [self[f"key-{place}"] for place in PLACES]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        order = [cleaned[name] for name in (f"key-{place}" for place in PLACES) if cleaned.get(name)]
        if not order:
            raise forms.ValidationError(_("Choose at least one key."))
        if len(set(order)) != len(order):
            raise forms.ValidationError(_("Each key can stand in one place only."))
        return cleaned | {"matching": order}

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in ("matching", "existing_users")}


class TryForm(Form):
    external_id = TextField(_("External ID"), limit=500)
    user_name = TextField(_("User name"), limit=500)
    email = TextField(_("Email"), limit=500)
    employee_id = TextField(_("Employee ID"), limit=500)


@dataclass(frozen=True, slots=True)
class Result:
    """``found``: a key, and the user it names where the administrator may look at users, else None."""

    found: list[tuple[str, LmsUser | None]]
    verdict: Text
    style: str
    reasons: list[str]


@require_http_methods(["GET", "HEAD", "POST"])
def matching(request: HttpRequest, pk: int) -> HttpResponse:
    user = administrator(request)
    configuration = reachable(user, needed(request, Action.EDIT), pk)
    form = MatchingForm(sent(request), configuration)
    trying = request.POST.get("action") == "try"
    trial = TryForm(request.POST if trying else None)
    if not may_edit(user, pk):
        form.only_show()
    if form.is_valid() and not trying:
        update_configuration(configuration, values=form.values, by=Origin.of(request))
        messages.success(request, _now("Changes saved."))
        return redirect("scim-configuration-matching", pk)
    return show(
        request,
        "scim/configuration_matching.html",
        title=configuration.name,
        above=above(),
        configuration=configuration,
        form=form if form.errors else trial,
        order=form,
        trial=trial,
        result=_result(user, configuration, form, trial) if trying else None,
        tabs=tabs(request, configuration, "scim-configuration-matching"),
    )


def _result(user: Administrator, configuration: ScimConfiguration, form: MatchingForm, trial: TryForm) -> Result | None:
    """By the order on the page, saved or not."""
    if not form.is_valid() or not trial.is_valid():
        return None
    tried = copy(configuration)
    tried.matching, tried.existing_users = form.values["matching"], form.values["existing_users"]
    return _tried(user, tried, dict(trial.cleaned_data))


@transaction.atomic
def _tried(viewer: Administrator, configuration: ScimConfiguration, account: dict[str, str]) -> Result:
    """The code that decides about a POST; its locks end with the transaction. It writes nothing."""
    external_id, notes = account.pop("external_id"), Notes()
    visible = in_reach_of(viewer, Action.VIEW)
    named = list(candidates(configuration, account, external_id))
    users = visible.in_bulk([one.pk for _key, one in named])
    found = [(name, users.get(one.pk)) for name, one in named]
    try:
        adopted = match(configuration, account, external_id, notes)
    except Taken as refusal:
        reasons = [refusal.detail, *(notes.warnings if len(users) == len({one.pk for _key, one in named}) else ())]
        return Result(found, _("Refused with status 409: nobody is created or linked."), "bad", reasons)
    if adopted is None:
        return Result(found, _("Nobody is found: a new user is created."), "", [])
    return Result(found, _("The directory gets this user: he is linked, not created again."), "good", [])
