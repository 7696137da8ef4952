"""Delete a client for good, after typing its name."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.administration import Action
from clients.audit import Origin
from clients.models import Client
from clients.pages.client_tabs import above
from clients.pages.forms import Form
from clients.pages.frame import administrator, sent, show
from clients.pages.reach import find


class DeleteForm(Form):
    name = forms.CharField(
        label=gettext_lazy("Name of the client"),
        help_text=gettext_lazy("Type it as it stands above."),
        error_messages={"required": gettext_lazy("Type the name of the client.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, client: Client) -> None:
        super().__init__(data)
        self.client = client

    def clean_name(self) -> str:
        typed = str(self.cleaned_data["name"])
        if " ".join(typed.split()) != " ".join(self.client.name.split()):
            raise ValidationError(_("This is not the name of the client."), code="differs")
        return typed


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    client = find(Client.objects.all(), administrator(request), pk, Action.DELETE)
    form = DeleteForm(sent(request), client=client)
    if form.is_valid():
        actions.delete_client(client, by=Origin.of(request))
        messages.success(request, _("Client deleted. Its statements and its history stay."))
        return redirect("oauth-clients")
    return show(
        request,
        "clients/client_delete.html",
        title=_("Delete the client?"),
        above=above(client),
        here=_("Delete"),
        form=form,
        client=client,
    )
