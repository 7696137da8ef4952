"""A new client with the settings of another one, and none of its credentials."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Client, PermissionLabel
from clients.pages import client_parts
from clients.pages.client_form import EVERY_LEARNER, GeneralForm
from clients.pages.client_limits import FIELDS as LIMITS
from clients.pages.client_tabs import above
from clients.pages.forms import ConfirmField, Form, TextField
from clients.pages.frame import sent, show
from clients.pages.reach import demand, find

_NAME_LIMIT = 120


class CloneForm(Form):
    name = TextField(gettext_lazy("Name"), limit=_NAME_LIMIT, ask=gettext_lazy("Enter a name for the client."))
    confirm_full_read = ConfirmField(EVERY_LEARNER)

    def __init__(self, data: Any, *, client: Client, full_read: bool) -> None:
        super().__init__(data, initial={"name": _copy(client)})
        if not full_read:
            del self.fields["confirm_full_read"]


@require_http_methods(["GET", "HEAD", "POST"])
def clone(request: HttpRequest, pk: int) -> HttpResponse:
    """What the administrator could not grant the new client himself is left off."""
    user = demand(request, Action.ADD, ObjectType.CLIENT)
    client = find(Client.objects.all(), user, pk)
    reach = user.reach(Action.ADD, ObjectType.CLIENT)
    labels = [label for label in client.labels.all() if reach is None or label.pk in reach]
    grantable = GeneralForm(None, client=client, user=user)
    full_read = client.lrs_full_read and "lrs_full_read" in grantable.fields
    form = CloneForm(sent(request), client=client, full_read=full_read)
    if form.is_valid() and not labels and reach is not None:
        form.add_error(None, _("It bears no label within your permissions to add clients, so you could not open it."))
    if form.is_valid():
        values = {name: getattr(client, name) for name in actions.SETTABLE if name in {*grantable.fields, *LIMITS}}
        made = _create(client, {**values, "name": form.cleaned_data["name"]}, labels, Origin.of(request))
        messages.success(request, _("Client created. Next: generate a secret or a token on the Credentials tab."))
        return redirect(made)
    return show(
        request,
        "clients/client_clone.html",
        title=_("Clone the client"),
        above=above(client),
        here=_("Clone"),
        form=form,
        client=client,
        left_off={"lrs_full_read", "scim_configuration"} - set(grantable.fields),
    )


@transaction.atomic
def _create(client: Client, values: dict[str, Any], labels: list[PermissionLabel], by: Origin) -> Client:
    made = actions.create_client(values=values, labels=labels, by=by)
    for part in client_parts.registered():
        part.hand_on(client, made, by)
    return made


def _copy(client: Client) -> str:
    return (_("%(name)s (copy)") % {"name": client.name})[:_NAME_LIMIT]
