"""A tab of an OAuth client that is one form: opened, refused, saved, and met by what somebody else saved meanwhile."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from clients import actions
from clients.administration import Action
from clients.audit import Origin
from clients.models import Administrator, Client
from clients.pages.client_changed import changed
from clients.pages.client_tabs import above, tabs
from clients.pages.forms import Form
from clients.pages.frame import administrator, sent, show
from clients.pages.reach import find, needed, permits
from clients.pages.text import Text


@dataclass(frozen=True, slots=True)
class FormTab:
    """``form`` has a field ``version``; ``save`` raises ClientChanged where that is no longer the client's.

    ``facts``: what the template shows beside the form. It extends clients/client_form_tab.html.
    """

    url_name: str
    template: str
    title: Callable[[Client], Text]
    form: Callable[[Mapping[str, Any] | None, Client, Administrator], Form]
    save: Callable[[Client, Any, Origin], object]
    facts: Callable[[Client, Administrator], Mapping[str, Any]]


def answer(request: HttpRequest, pk: int, tab: FormTab) -> HttpResponse:
    user = administrator(request)
    rows = Client.objects.select_related("created_by", "updated_by", "scim_configuration")
    client = find(rows, user, pk, needed(request, Action.EDIT))
    form = tab.form(sent(request), client, user)
    if not permits(rows, user, pk, Action.EDIT):
        form.only_show()
    if form.is_valid():
        return _save(request, client, form, tab)
    return show(
        request,
        tab.template,
        title=tab.title(client),
        above=above(),
        here=client.name,
        form=form,
        client=client,
        tabs=tabs(client, tab.url_name),
        **tab.facts(client, user),
    )


def _save(request: HttpRequest, client: Client, form: Form, tab: FormTab) -> HttpResponse:
    try:
        tab.save(client, form, Origin.of(request))
    except actions.ClientChanged:
        client.refresh_from_db()
        return changed(request, client, form, tab.form(None, client, administrator(request)))
    messages.success(request, _("Changes saved."))
    return redirect(tab.url_name, client.pk)
