"""Somebody saved the client after the form was opened: both versions side by side, and the choice."""

from dataclasses import dataclass
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from clients.models import Client
from clients.pages.client_form import OF_THE_FORM
from clients.pages.client_tabs import above
from clients.pages.forms import Form
from clients.pages.frame import show
from clients.pages.labelled_form import LabelledForm
from clients.pages.text import Text
from clients.templatetags.ui import seconds_ago, shown

_NOT_RESENT = {"csrfmiddlewaretoken", "version"}


@dataclass(frozen=True, slots=True)
class Difference:
    label: Text
    theirs: Text
    yours: Text


def changed(request: HttpRequest, client: Client, form: Form, current: Form) -> HttpResponse:
    """``current``: the form of the client as it is now; ``form`` as it was sent, and valid.

    Applying again sends it to the same address with the new version.
    """
    return show(
        request,
        "clients/client_changed.html",
        title=_("The client was changed meanwhile"),
        above=above(client),
        status=HTTPStatus.CONFLICT,
        client=client,
        page=request.path,
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


def _differences(current: Form, sent: Form) -> list[Difference]:
    names = [name for name in current.fields if name not in OF_THE_FORM]
    both = [
        Difference(current[name].label, _filled(shown(current[name])), _filled(_yours(sent, name))) for name in names
    ]
    return [each for each in both if each.theirs != each.yours]


def _filled(words: Text | int | None) -> Text:
    """A limit of 0 is not an empty one."""
    return "–" if words in ("", None) else str(words)


def _yours(sent: Form, name: str) -> Text:
    """Labels out of reach are not sent, and stay."""
    if isinstance(sent, LabelledForm) and name == "labels":
        return sent.label_field.shown(sent.cleaned_data[name])
    words: Text = shown(sent[name])
    return words
