"""Somebody saved the client after the form was opened: both versions side by side, and the choice."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clients.models import Client
from clients.pages.client_form import OF_THE_FORM, GeneralForm
from clients.pages.client_tabs import above
from clients.pages.frame import administrator, show
from clients.pages.text import Text
from clients.templatetags.ui import seconds_ago, shown

_NOT_RESENT = {"csrfmiddlewaretoken", "version"}


@dataclass(frozen=True, slots=True)
class Difference:
    label: Text
    theirs: Text
    yours: Text


def changed(request: HttpRequest, client: Client, form: GeneralForm) -> HttpResponse:
    """``client`` as it is now; ``form`` as it was sent, and valid. Applying again sends it with the new version."""
    current = GeneralForm(None, client=client, user=administrator(request))
    return show(
        request,
        "clients/client_changed.html",
        title=_("The client was changed meanwhile"),
        above=above(client),
        status=HTTPStatus.CONFLICT,
        client=client,
        reason=_reason(client),
        differences=_differences(current, form),
        resent=[(name, value) for name, values in request.POST.lists() if name not in _NOT_RESENT for value in values],
        version=current["version"].value(),
    )


def _reason(client: Client) -> str:
    facts = {"ago": seconds_ago(client.updated), "name": client.updated_by}
    if client.updated_by:
        return _("%(name)s saved it %(ago)s, after you had opened it. Nothing of yours is saved yet.") % facts
    return _("It was saved %(ago)s, after you had opened it. Nothing of yours is saved yet.") % facts


def _differences(current: GeneralForm, sent: GeneralForm) -> list[Difference]:
    names = [name for name in current.fields if name not in OF_THE_FORM]
    both = [Difference(current[name].label, shown(current[name]) or "–", _yours(sent, name) or "–") for name in names]
    return [each for each in both if each.theirs != each.yours]


def _yours(sent: GeneralForm, name: str) -> Text:
    """Labels out of reach are not sent, and stay."""
    words: Text = sent.label_field.shown(sent.cleaned_data[name]) if name == "labels" else shown(sent[name])
    return words
