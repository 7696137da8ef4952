"""One change to several clients: a preview first, then a result for each."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from clients import actions
from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.locking import Gone
from clients.models import Administrator, Client, PermissionLabel
from clients.pages.choices import ManyChoices
from clients.pages.client_tabs import above
from clients.pages.forms import Form
from clients.pages.frame import show
from clients.pages.label_tree import LabelTree
from clients.pages.reach import demand
from clients.pages.text import Text

CHANGES: dict[str, Text] = {
    "activate": gettext_lazy("Activate"),
    "deactivate": gettext_lazy("Deactivate"),
    "add-label": gettext_lazy("Add a label"),
    "remove-label": gettext_lazy("Remove a label"),
}
_WITH_LABEL = {"add-label", "remove-label"}
_MOST = 100  # as many as the longest page of the list shows


class BulkForm(Form):
    change = forms.ChoiceField(
        label=gettext_lazy("With the ticked clients"),
        choices=[("", gettext_lazy("Choose what to do")), *CHANGES.items()],
        error_messages={"required": gettext_lazy("Choose what to do.")},
    )
    label = forms.TypedChoiceField(
        label=gettext_lazy("Permission label"),
        widget=ManyChoices,
        coerce=int,
        empty_value=None,
        required=False,
        error_messages={"invalid_choice": gettext_lazy("Choose a label from the list.")},
    )

    def __init__(self, data: Mapping[str, Any] | None, *, user: Administrator, tree: LabelTree) -> None:
        super().__init__(data, auto_id="bulk-%s")
        options = tree.options(user.reach(Action.EDIT, ObjectType.CLIENT))
        field = self.fields["label"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("No label")), *((str(pk), path) for pk, path in options)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("change") in _WITH_LABEL and "label" in cleaned and cleaned["label"] is None:
            self.add_error("label", _("Choose a label."))
        return cleaned


@dataclass(frozen=True, slots=True)
class Row:
    """What happens, or happened, to one client. ``hindrance`` is why nothing does."""

    client: Client
    hindrance: Text = ""


@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Without ``confirmed`` nothing changes. Clients out of reach are left out, as if they were not there."""
    user = demand(request, Action.EDIT, ObjectType.CLIENT)
    form = BulkForm(request.POST, user=user, tree=LabelTree.load())
    chosen = _chosen(request, user)
    ready = form.is_valid() and bool(chosen)
    confirmed = ready and "confirmed" in request.POST
    rows = [_row(client, form, user) for client in chosen] if ready else []
    if confirmed:
        rows = [_changed(row, form, Origin.of(request)) for row in rows]
    return show(
        request,
        "clients/client_bulk.html",
        title=_("What was changed") if confirmed else _("Change several clients"),
        above=above(),
        form=form,
        rows=rows,
        ready=ready,
        confirmed=confirmed,
        changing=sum(not row.hindrance for row in rows),
        verb=CHANGES.get(form.cleaned_data.get("change", ""), ""),
        sent=[(name, value) for name in ("client", "change", "label") for value in request.POST.getlist(name)],
    )


def _chosen(request: HttpRequest, user: Administrator) -> list[Client]:
    ticked = [int(pk) for pk in request.POST.getlist("client")[:_MOST] if pk.isascii() and pk.isdigit()]
    within = Client.objects.in_reach_of(user, Action.VIEW).prefetch_related("labels")
    return list(within.filter(pk__in=[pk for pk in ticked if pk < 1 << 63]).order_by("name", "pk"))


def _row(client: Client, form: BulkForm, user: Administrator) -> Row:
    if not Client.objects.in_reach_of(user, Action.EDIT).filter(pk=client.pk).exists():
        return Row(client, _("You may not edit it."))
    borne = {label.pk for label in client.labels.all()}
    return Row(client, _HINDRANCES[form.cleaned_data["change"]](client, form.cleaned_data["label"], borne, user))


def _already(client: Client, *, active: bool) -> Text:
    if client.active is not active:
        return ""
    return _("It is active already.") if active else _("It is not active already.")


def _removal(label: int, borne: set[int], user: Administrator) -> Text:
    if label not in borne:
        return _("It does not bear the label.")
    reach = user.reach(Action.EDIT, ObjectType.CLIENT)
    if reach is not None and not (borne - {label}) & reach:
        return _("This is the last label that gives you access.")
    return ""


_HINDRANCES: dict[str, Callable[[Client, Any, set[int], Administrator], Text]] = {
    "activate": lambda client, _label, _borne, _user: _already(client, active=True),
    "deactivate": lambda client, _label, _borne, _user: _already(client, active=False),
    "add-label": lambda _client, label, borne, _user: _("It bears the label already.") if label in borne else "",
    "remove-label": lambda _client, label, borne, user: _removal(label, borne, user),
}


def _changed(row: Row, form: BulkForm, by: Origin) -> Row:
    """Each client in a transaction of its own: what happened to one does not depend on the others."""
    if row.hindrance:
        return row
    try:
        _apply(row.client, form, by)
    except Gone:
        return Row(row.client, _("It was deleted meanwhile."))
    return row


def _apply(client: Client, form: BulkForm, by: Origin) -> None:
    change, label = form.cleaned_data["change"], form.cleaned_data["label"]
    if change not in _WITH_LABEL:
        actions.update_client(client, values={"active": change == "activate"}, by=by)
        return
    borne = {each.pk for each in client.labels.all()}
    wanted = borne | {label} if change == "add-label" else borne - {label}
    actions.update_client(client, values={}, labels=list(PermissionLabel.objects.filter(pk__in=wanted)), by=by)
