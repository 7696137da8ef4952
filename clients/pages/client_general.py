"""The General tab of an OAuth client."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Administrator, Client
from clients.pages.client_form import GeneralForm
from clients.pages.client_form_tab import FormTab, answer
from clients.pages.client_hints import hints
from clients.pages.effective_access import effective_access
from clients.pages.reach import permits


@require_http_methods(["GET", "HEAD", "POST"])
def general(request: HttpRequest, pk: int) -> HttpResponse:
    return answer(request, pk, _TAB)


def _save(client: Client, form: GeneralForm, by: Origin) -> None:
    seen = form.cleaned_data["version"]
    actions.update_client(client, values=form.values, labels=form.chosen_labels, seen=seen, by=by)


def _facts(client: Client, user: Administrator) -> dict[str, Any]:
    return {
        "hints": hints(client),
        "sentences": effective_access(client),
        "deletable": permits(Client.objects.all(), user, client.pk, Action.DELETE),
        "clonable": user.may(Action.ADD, ObjectType.CLIENT),
    }


_TAB = FormTab(
    "client",
    "clients/client_general.html",
    title=lambda client: client.name,
    form=lambda data, client, user: GeneralForm(data, client=client, user=user),
    save=_save,
    facts=_facts,
)
