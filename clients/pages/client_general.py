"""The General tab of an OAuth client."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Client
from clients.pages.client_changed import changed
from clients.pages.client_form import GeneralForm
from clients.pages.client_hints import hints
from clients.pages.client_tabs import above, tabs
from clients.pages.effective_access import effective_access
from clients.pages.frame import administrator, sent, show
from clients.pages.reach import find, needed, permits


def _save(request: HttpRequest, client: Client, form: GeneralForm) -> HttpResponse:
    seen, by = form.cleaned_data["version"], Origin.of(request)
    try:
        actions.update_client(client, values=form.values, labels=form.chosen_labels, seen=seen, by=by)
    except actions.ClientChanged:
        client.refresh_from_db()
        return changed(request, client, form, GeneralForm(None, client=client, user=administrator(request)))
    messages.success(request, _("Changes saved."))
    return redirect(client)


@require_http_methods(["GET", "HEAD", "POST"])
def general(request: HttpRequest, pk: int) -> HttpResponse:
    user = administrator(request)
    rows = Client.objects.select_related("created_by", "updated_by", "scim_configuration")
    client = find(rows, user, pk, needed(request, Action.EDIT))
    form = GeneralForm(sent(request), client=client, user=user)
    if not permits(rows, user, pk, Action.EDIT):
        form.only_show()
    if form.is_valid():
        return _save(request, client, form)
    return show(
        request,
        "clients/client_general.html",
        title=client.name,
        above=above(),
        form=form,
        client=client,
        tabs=tabs(client, "client"),
        hints=hints(client),
        sentences=effective_access(client),
        deletable=permits(rows, user, pk, Action.DELETE),
        clonable=user.may(Action.ADD, ObjectType.CLIENT),
    )
