"""Menu > System > SCIM configurations > Add."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.pages.frame import sent, show
from clients.pages.reach import demand
from scim.actions import create_configuration
from scim.pages.configuration_form import AddForm
from scim.pages.configuration_tabs import above


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    user = demand(request, Action.ADD, ObjectType.SCIM_CONFIGURATION)
    form = AddForm(sent(request))
    form.label_field.limit_to(user, Action.ADD, kind=ObjectType.SCIM_CONFIGURATION)
    if not form.is_valid():
        title = _("Add SCIM configuration")
        return show(request, "add.html", title=title, above=above(), form=form)
    configuration = create_configuration(values=form.values, labels=form.chosen_labels, by=Origin.of(request))
    messages.success(request, _("SCIM configuration created. Next: choose it on an OAuth client’s General tab."))
    return redirect(configuration)
