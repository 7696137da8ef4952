"""Menu > System > OAuth clients > Add."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients import actions
from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.pages.client_form import ClientForm
from clients.pages.client_tabs import above
from clients.pages.frame import sent, show
from clients.pages.reach import demand


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    user = demand(request, Action.ADD, ObjectType.CLIENT)
    form = ClientForm(sent(request))
    form.label_field.limit_to(user, Action.ADD, kind=ObjectType.CLIENT)
    if not form.is_valid():
        return show(request, "add.html", title=_("Add OAuth client"), above=above(), form=form)
    client = actions.create_client(values=form.values, labels=form.chosen_labels, by=Origin.of(request))
    messages.success(request, _("Client created. Next: generate a secret or a token on the Credentials tab."))
    return redirect(client)
