"""Share labels, opened from Events: the list, add, edit and move, delete."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.administration import Action
from clients.audit import Origin
from clients.labels import LabelInUse
from clients.models import Administrator
from clients.pages.frame import Step, sent, show
from clients.pages.reach import needed
from shared_events.models import ShareLabel
from shared_events.pages.event_tabs import above as above_events
from shared_events.pages.readers import named
from shared_events.pages.share_label_field import ShareLabelTree
from shared_events.pages.share_label_form import ShareLabelForm
from shared_events.pages.share_label_rights import demand_all, found, may_all
from shared_events.share_labels import (
    clients_by_label,
    create_share_label,
    delete_share_label,
    given,
    moved,
    update_share_label,
)


def _above(label: ShareLabel | None = None) -> list[Step]:
    steps = [*above_events(), Step(_("Share labels"), reverse("share-labels"))]
    return [*steps, Step(label.name, label.get_absolute_url())] if label else steps


@require_safe
def share_labels(request: HttpRequest) -> HttpResponse:
    user = demand_all(request, Action.VIEW)
    tree = ShareLabelTree.load()
    events = tree.uses()
    clients = clients_by_label()
    return show(
        request,
        "shared_events/share_label_list.html",
        title=_("Share labels"),
        above=above_events(),
        rows=[
            {"pk": pk, "path": path, "events": events.get(pk, 0), "clients": clients[pk]}
            for pk, path in tree.options(None)
        ],
        add_url=reverse("share-label-add") if may_all(user, Action.ADD) else "",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    demand_all(request, Action.ADD)
    form = ShareLabelForm(sent(request))
    if form.is_valid() and _create(request, form):
        messages.success(request, _("Label created."))
        return redirect("share-labels")
    return show(request, "add.html", title=_("Add share label"), above=_above(), form=form)


def _create(request: HttpRequest, form: ShareLabelForm) -> bool:
    try:
        create_share_label(**form.values, by=Origin.of(request))
    except ValidationError as error:
        form.refuse(error)
    return not form.errors


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user, label = found(request, pk, needed(request, Action.EDIT))
    form = ShareLabelForm(sent(request), label=label)
    if not may_all(user, Action.EDIT):
        form.only_show()
    more, less = _affected(form, label)
    if form.is_valid() and _update(request, form, label):
        messages.success(request, _("Changes saved."))
        return redirect(label)
    return show(
        request,
        "shared_events/share_label.html",
        title=label.name,
        above=_above(),
        form=form,
        label=label,
        more=named(more, user),
        less=named(less, user),
        **_usage(label, user),
        deletable=may_all(user, Action.DELETE),
    )


def _affected(form: ShareLabelForm, label: ShareLabel) -> tuple[list[int], list[int]]:
    """The clients given more and less by the move the form asks for; asks for a tick before it happens."""
    if not form.is_valid() or form.parent_after == label.parent:
        return [], []
    affected = moved(label, form.parent_after)
    if any(affected):
        form.ask_to_confirm()
    return affected


def _update(request: HttpRequest, form: ShareLabelForm, label: ShareLabel) -> bool:
    try:
        update_share_label(label, **form.values, by=Origin.of(request))
    except ValidationError as error:
        form.refuse(error)
    return not form.errors


def _usage(label: ShareLabel, user: Administrator) -> dict[str, Any]:
    readers = [sharing.pk for sharing in given(label)]
    return {"events": label.events.count(), "readers": named(readers, user), "below": label.children.count()}


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first, and names the clients that will see less."""
    user, label = found(request, pk, Action.DELETE)
    status = HTTPStatus.OK
    if request.method == "POST":
        try:
            delete_share_label(label, by=Origin.of(request))
        except LabelInUse:
            status = HTTPStatus.CONFLICT
        else:
            messages.success(request, _("Label deleted."))
            return redirect("share-labels")
    return show(
        request,
        "shared_events/share_label_delete.html",
        title=_("Delete the label?"),
        above=_above(label),
        here=_("Delete"),
        status=status,
        label=label,
        **_usage(label, user),
    )
