"""One permission label: add, General, Usage, delete."""

from http import HTTPStatus

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.labels import LabelInUse, create_label, delete_label, in_use, moved_access, update_label
from clients.models import Administrator, PermissionLabel
from clients.pages.frame import Step, Tab, administrator, sent, show
from clients.pages.label_form import LabelForm
from clients.pages.label_usage import usage_of
from clients.pages.reach import demand, find, needed, permits


def _above(label: PermissionLabel | None = None) -> list[Step]:
    steps = [Step(_("Permission labels"), reverse("permission-labels"))]
    return [*steps, Step(label.name, label_url(label))] if label else steps


def label_url(label: PermissionLabel) -> str:
    return reverse("permission-label", args=[label.pk])


def _tabs(label: PermissionLabel, current: str) -> list[Tab]:
    pages = {"permission-label": _("General"), "permission-label-usage": _("Usage")}
    return [Tab(words, reverse(name, args=[label.pk]), name == current) for name, words in pages.items()]


def _found(request: HttpRequest, pk: int, action: Action) -> tuple[Administrator, PermissionLabel]:
    user = administrator(request)
    rows = PermissionLabel.objects.select_related("created_by", "updated_by", "parent")
    return user, find(rows, user, pk, action)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    user = demand(request, Action.ADD, ObjectType.LABEL)
    form = LabelForm(sent(request), user=user)
    if form.is_valid() and (label := _create(request, form)):
        messages.success(request, _("Label created."))
        return redirect(label_url(label))
    return show(request, "clients/label_add.html", title=_("Add permission label"), above=_above(), form=form)


def _create(request: HttpRequest, form: LabelForm) -> PermissionLabel | None:
    try:
        return create_label(**form.values, by=Origin.of(request))
    except ValidationError as error:
        form.refuse(error)
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def general(request: HttpRequest, pk: int) -> HttpResponse:
    user, label = _found(request, pk, needed(request, Action.EDIT))
    form = LabelForm(sent(request), user=user, label=label)
    if not permits(PermissionLabel.objects.all(), user, pk, Action.EDIT):
        form.only_show()
    gain, lose = _affected(form, label)
    if form.is_valid() and _update(request, form, label):
        messages.success(request, _("Changes saved."))
        return redirect(label_url(label))
    return show(
        request,
        "clients/label_general.html",
        title=label.name,
        above=_above(),
        form=form,
        label=label,
        tabs=_tabs(label, "permission-label"),
        gain=gain,
        lose=lose,
        deletable=_deletable(label, user),
        named=user.may(Action.VIEW, ObjectType.ADMINISTRATOR),
    )


def _deletable(label: PermissionLabel, user: Administrator) -> bool:
    return permits(PermissionLabel.objects.all(), user, label.pk, Action.DELETE)


def _affected(form: LabelForm, label: PermissionLabel) -> tuple[list[Administrator], list[Administrator]]:
    """Who gains and who loses access by the move the form asks for; asks for a tick before it happens."""
    if not form.is_valid() or form.parent_after == label.parent:
        return [], []
    affected = moved_access(label, form.parent_after)
    if any(affected):
        form.ask_to_confirm()
    return affected


def _update(request: HttpRequest, form: LabelForm, label: PermissionLabel) -> bool:
    try:
        update_label(label, **form.values, by=Origin.of(request))
    except ValidationError as error:
        form.refuse(error)
        return False
    return True


@require_safe
def usage(request: HttpRequest, pk: int) -> HttpResponse:
    user, label = _found(request, pk, Action.VIEW)
    return _usage_page(request, label, user)


def _usage_page(
    request: HttpRequest,
    label: PermissionLabel,
    user: Administrator,
    *,
    refused: bool = False,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    return show(
        request,
        "clients/label_usage.html",
        title=_("%(name)s, Usage") % {"name": label.name},
        above=_above(),
        here=label.name,
        status=status,
        label=label,
        tabs=_tabs(label, "permission-label-usage"),
        usage=usage_of(label, user),
        deletable=_deletable(label, user),
        refused=refused,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Asks first; while the label is in use, the Usage list answers instead."""
    user, label = _found(request, pk, Action.DELETE)
    if request.method == "POST":
        return _delete(request, label, user)
    if in_use(label):
        return _usage_page(request, label, user, refused=True)
    title = _("Delete the label?")
    return show(request, "clients/label_delete.html", title=title, above=_above(label), here=_("Delete"), label=label)


def _delete(request: HttpRequest, label: PermissionLabel, user: Administrator) -> HttpResponse:
    try:
        delete_label(label, by=Origin.of(request))
    except LabelInUse:
        return _usage_page(request, label, user, refused=True, status=HTTPStatus.CONFLICT)
    messages.success(request, _("Label deleted."))
    return redirect("permission-labels")
