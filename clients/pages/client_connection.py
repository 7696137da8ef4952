"""Test connection: each step with its outcome, and what to do where it failed."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients import connection
from clients.administration import Action
from clients.audit import Origin
from clients.connection import Outcome, Step
from clients.models import Client
from clients.pages.activity_figures import SERVICES
from clients.pages.client_tabs import above
from clients.pages.frame import administrator, show
from clients.pages.reach import find
from clients.pages.text import Text

_BADGES: dict[Outcome, tuple[Text, str]] = {
    Outcome.PASSED: (gettext_lazy("Works"), "ok"),
    Outcome.FAILED: (gettext_lazy("Failed"), "bad"),
    Outcome.NOT_ALLOWED: (gettext_lazy("Not allowed, as set"), "off"),
    Outcome.NOT_TRIED: (gettext_lazy("Not tried"), "off"),
}
_PROBLEMS: dict[str, Text] = {
    "inactive": gettext_lazy("The client is not active: switch Active on in the General tab."),
    "no secret": gettext_lazy("There is no client secret: generate one on the Credentials tab."),
    "expired": gettext_lazy("The client secret has expired: regenerate it on the Credentials tab."),
    "no access": gettext_lazy("Nothing is switched on that a token could carry: see the General tab."),
}
_ADVICE: dict[int, Text] = {
    HTTPStatus.BAD_REQUEST: gettext_lazy(
        "The request was refused before the service saw it: the host of the public address may be missing in "
        "ALLOWED_HOSTS."
    ),
    HTTPStatus.UNAUTHORIZED: gettext_lazy("The token was ended meanwhile: somebody changed the client. Test again."),
    HTTPStatus.FORBIDDEN: gettext_lazy("The access was switched off meanwhile: see the General tab. Test again."),
    HTTPStatus.TOO_MANY_REQUESTS: gettext_lazy("A limit was reached: wait a minute and test again."),
    HTTPStatus.SERVICE_UNAVAILABLE: gettext_lazy("The service is busy: test again. If it stays so, see Health."),
}


@dataclass(frozen=True, slots=True)
class Row:
    name: Text
    step: Step
    badge: Text
    style: str
    advice: Text


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: int) -> HttpResponse:
    """It signs in as the client, so it takes the right to regenerate the client's credentials."""
    client = find(Client.objects.all(), administrator(request), pk, Action.REGENERATE)
    steps = connection.examine(client, by=Origin.of(request)) if request.method == "POST" else []
    response = show(
        request,
        "clients/client_connection.html",
        title=_("%(name)s, Test connection") % {"name": client.name},
        above=above(client),
        here=_("Test connection"),
        client=client,
        rows=[_row(step) for step in steps],
        all_well=all(step.outcome in {Outcome.PASSED, Outcome.NOT_ALLOWED} for step in steps),
    )
    response["Cache-Control"] = "no-store"
    return response


def _row(step: Step) -> Row:
    name = SERVICES.get(step.name, _("Access token"))
    badge, style = _BADGES[step.outcome]
    return Row(name, step, badge, style, _advice(step))


def _advice(step: Step) -> Text:
    if step.outcome != Outcome.FAILED:
        return ""
    return _PROBLEMS.get(step.problem) or _ADVICE.get(
        step.status, _("The service failed: the log of this installation says why, at this time.")
    )
