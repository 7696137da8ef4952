"""One Statement: in words, as JSON, and what it has to do with others."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.administration import Action
from clients.models import Client
from clients.pages.frame import Step, administrator, show
from clients.pages.text import Text
from lrs.models import Flag, Reference, Statement, StatementId
from lrs.pages.reach import clients_of
from lrs.pages.statement_attachment import shown_attachments
from lrs.pages.statement_filter import languages_of, query_url
from lrs.pages.statement_row import StatementRow, may_know_learners, shown
from lrs.query import Row, find_one
from lrs.statement.actors import IDENTIFIERS
from lrs.statement.sentences import actor_name

_MOST_LINKS = 50


@dataclass(frozen=True, slots=True)
class Relative:
    """A Statement beside this one; without ``url`` it is out of reach or not here."""

    label: Text
    id: UUID
    url: str


@require_safe
def statement(request: HttpRequest, pk: UUID) -> HttpResponse:
    user = administrator(request)
    within = clients_of(user, Action.VIEW)
    [one] = shown([_row(pk, within)], languages_of(get_language()), learners=may_know_learners(user))
    name = "voidedStatementId" if one.row.voided else "statementId"
    return show(
        request,
        "lrs/statement_detail.html",
        title=" ".join(one.sentence),
        here=str(pk),
        above=[Step(_("LRS statements"), reverse("lrs-statements"))],
        one=one,
        actor_url=_actor_url(one),
        authority=actor_name(json.loads(one.row.authority)),
        registration=one.value.get("context", {}).get("registration", ""),
        attachments=shown_attachments(one, user, languages_of(get_language())),
        relatives=[*_target(one, within), *_referring(pk, within)],
        formatted=json.dumps(one.value, indent=2, ensure_ascii=False),
        query_url=query_url({name: str(pk)}),
    )


def _actor_url(one: StatementRow) -> str:
    """The list of what names the same Agent; nothing identifies an anonymous Group."""
    actor = one.value["actor"]
    agent = {name: actor[name] for name in IDENTIFIERS if name in actor}
    return f"{reverse('lrs-statements')}?{urlencode({'agent': json.dumps(agent)})}" if agent else ""


def _row(pk: UUID, within: "QuerySet[Client]") -> Row:
    known = StatementId.objects.filter(pk=pk, client__in=within).first()
    if known is None:
        raise Http404
    for voided in (False, True):
        if row := find_one(str(pk), known.client_id, voided=voided).row:
            return row
    raise Http404


def _target(one: StatementRow, within: "QuerySet[Client]") -> Iterable[Relative]:
    target = one.value["object"]
    if target.get("objectType") == "StatementRef":
        pk = UUID(target["id"])
        here = StatementId.objects.filter(pk=pk, client__in=within).exists()
        yield _relative(_("Voids") if one.row.flags & Flag.VOIDS else _("Refers to"), pk, here=here)


def _referring(pk: UUID, within: "QuerySet[Client]") -> Iterable[Relative]:
    """The first ones; a Statement that voids one of another client does not exist."""
    found = Reference.objects.filter(target=pk, client__in=within).order_by("seq").values_list("seq", "voids")
    voids = dict(found[:_MOST_LINKS])
    for seq, uuid in Statement.objects.filter(pk__in=voids).order_by("pk").values_list("pk", "uuid"):
        yield _relative(_("Voided by") if voids[seq] else _("Referred to by"), uuid, here=True)


def _relative(label: Text, pk: UUID, *, here: bool) -> Relative:
    return Relative(label, pk, reverse("lrs-statement", args=[pk]) if here else "")
