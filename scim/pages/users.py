"""System > Users: who is there, what each directory keeps of them, and the block an administrator sets or lifts."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Administrator, AuditEntry
from clients.pages.audit_words import action_words
from clients.pages.columns import UPDATED
from clients.pages.download import stream_csv
from clients.pages.forms import Form, TextField
from clients.pages.frame import Step, administrator, sent, show
from clients.pages.reach import demand
from clients.pages.table import Column, Filter, Option, Table
from scim import mapping
from scim.blocking import set_blocked
from scim.hiding import hidden_fields
from scim.models import LmsUser, ScimConfiguration, ScimLink
from scim.redaction import HIDDEN

MAX_HISTORY = 20
AT_ONCE = 500


def _counted(count: int) -> str:
    return ngettext("%(first)s–%(last)s of %(count)s user", "%(first)s–%(last)s of %(count)s users", count)


_TABLE = Table(
    columns=(
        Column(_("User name"), "name", F("user_name_key"), _("User name, A to Z"), _("User name, Z to A")),
        Column(_("Name")),
        Column(_("Email")),
        UPDATED,
        Column(_("State")),
    ),
    sort="name",
    counted=_counted,
    search=("user_name", "email", "employee_id", "display_name", "given_name", "family_name"),
    filters=(
        Filter(
            "blocked",
            _("State"),
            _("All states"),
            [Option("no", _("Active")), Option("yes", _("Blocked"))],
            lambda rows, word: rows.filter(blocked=word == "yes"),
        ),
    ),
)


class BlockForm(Form):
    reason = TextField(
        _("Reason"),
        limit=300,
        ask=_("Enter a reason: it is kept in the audit log."),
        help_text=_("For those who look into this later. Kept in the audit log."),
    )


def in_reach_of(user: Administrator, action: Action) -> QuerySet[LmsUser]:
    """Users bear no labels: who may look at them may look at all."""
    return LmsUser.objects.all() if user.reach(action, ObjectType.USER) is None else LmsUser.objects.none()


@require_safe
def users(request: HttpRequest) -> HttpResponse:
    user = administrator(request)
    limited = user.reach(Action.VIEW, ObjectType.USER) is not None
    listing = _TABLE.listing(request, in_reach_of(user, Action.VIEW), limited=limited)
    hidden = hidden_fields([one.pk for one in listing.page])
    rows = [(one, hidden.get(one.pk, set())) for one in listing.page]
    address = f"{reverse('lms-users-download')}?{request.GET.urlencode()}"
    download_url = address if user.may(Action.DOWNLOAD, ObjectType.USER) else ""
    return show(request, "scim/user_list.html", title=_("Users"), listing=listing, rows=rows, download_url=download_url)


@require_safe
def download(request: HttpRequest) -> StreamingHttpResponse:
    """The list as it is searched, filtered and sorted, all pages of it."""
    user = demand(request, Action.DOWNLOAD, ObjectType.USER)
    found = _TABLE.found(request, in_reach_of(user, Action.DOWNLOAD))
    return stream_csv("users", [column.label for column in _TABLE.columns], _lines(found))


def _lines(found: QuerySet[LmsUser]) -> Iterator[list[Any]]:
    """Some hundred users at a time: what is hidden of them is asked for once."""
    rows = found.iterator(chunk_size=AT_ONCE)
    while some := list(islice(rows, AT_ONCE)):
        hidden = hidden_fields([one.pk for one in some])
        yield from (_cells(one, hidden.get(one.pk, set())) for one in some)


def _cells(one: LmsUser, hidden: set[str]) -> list[Any]:
    name = one.display_name or f"{one.given_name} {one.family_name}".strip()
    named = HIDDEN if hidden & {"display_name", "given_name", "family_name"} else name
    updated = timezone.localtime(one.updated).isoformat(timespec="seconds")
    email = HIDDEN if "email" in hidden else one.email
    return [one.user_name, named, email, updated, _("Blocked") if one.blocked else _("Active")]


@require_http_methods(["GET", "HEAD", "POST"])
def user(request: HttpRequest, pk: int) -> HttpResponse:
    viewer = administrator(request)
    found = get_object_or_404(in_reach_of(viewer, Action.VIEW).select_related("manager"), pk=pk)
    may_block = in_reach_of(viewer, Action.EDIT).filter(pk=pk).exists()
    if request.method == "POST" and not may_block:
        raise PermissionDenied
    form = BlockForm(sent(request))
    if form.is_valid():
        _toggle(request, found, form)
        return redirect("lms-user", pk)
    return show(
        request,
        "scim/user.html",
        title=found.user_name,
        above=[Step(_("Users"), reverse("lms-users"))],
        form=form,
        user_shown=found,
        may_block=may_block,
        links=_links(viewer, found),
        fields=_fields(viewer, found),
        history=_history(pk),
    )


def _history(pk: int) -> list[tuple[Any, AuditEntry]]:
    entries = AuditEntry.objects.filter(object_type="lmsuser", object_id=str(pk))[:MAX_HISTORY]
    return [(action_words(one.action), one) for one in entries]


def _toggle(request: HttpRequest, found: LmsUser, form: forms.Form) -> None:
    """The page says which of the two it meant, so that a page that is out of date does not do the opposite."""
    blocked = request.POST.get("action") == "block"
    set_blocked(found, blocked=blocked, reason=form.cleaned_data["reason"], by=Origin.of(request))
    messages.success(request, _now("User blocked.") if blocked else _now("User unblocked."))


def _links(viewer: Administrator, found: LmsUser) -> QuerySet[ScimLink]:
    within = ScimConfiguration.objects.in_reach_of(viewer, Action.VIEW)
    return ScimLink.objects.filter(user=found, configuration__in=within).select_related("configuration").order_by("-pk")


@dataclass(frozen=True, slots=True)
class Source:
    """The attribute that states a value, its configuration, and when that last changed the user."""

    text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    label: Any
    value: str
    source: Source | None


def _fields(viewer: Administrator, found: LmsUser) -> list[Shown]:
    """Each field with a value, and where it came from. What a mapping hides is hidden."""
    hidden, sources = hidden_fields([found.pk]).get(found.pk, set()), _sources(viewer, found)
    known = [field for field in LmsUser._meta.fields if field.name in mapping.TARGETS]  # noqa: SLF001
    values = [(field.name, field.verbose_name, getattr(found, field.name)) for field in known]
    return [
        Shown(label, HIDDEN if name in hidden else str(value), sources.get(name))
        for name, label, value in values
        if value
    ]


def _sources(viewer: Administrator, found: LmsUser) -> dict[str, Source]:
    """Of several configurations that state the same, the one that changed him last."""
    sources: dict[str, Source] = {}
    for link in _links(viewer, found).filter(gone_at__isnull=True).order_by("-modified"):
        for row in link.configuration.rows:
            stated = mapping.value_at(link.data, row.path) if row.target not in ("", "manager") else ""
            if stated and stated == getattr(found, row.target):
                name = f"{link.configuration.name}: {row.path.rpartition(':')[2]}"
                sources.setdefault(row.target, Source(name, link.modified))
    return sources
