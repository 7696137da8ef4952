"""The Usage tab of a SCIM configuration, and its deletion, which use prevents."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from clients.audit import Origin
from clients.models import Client
from clients.models.label import Action
from clients.pages.frame import administrator, show
from scim.actions import InUse, delete_configuration
from scim.pages.configuration_general import reachable
from scim.pages.configuration_tabs import above, tabs


@require_safe
def usage(request: HttpRequest, pk: int) -> HttpResponse:
    """Clients out of the administrator's reach are told of, not named."""
    user = administrator(request)
    configuration = reachable(user, Action.VIEW, pk)
    using = Client.objects.filter(scim_configuration=configuration)
    within = using.in_reach_of(user, Action.VIEW).order_by("name", "pk")
    return show(
        request,
        "scim/configuration_usage.html",
        title=configuration.name,
        above=above(),
        configuration=configuration,
        clients=within,
        others=using.exclude(pk__in=within.values("pk")).exists(),
        tabs=tabs(request, configuration, "scim-configuration-usage"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    configuration = reachable(administrator(request), Action.DELETE, pk)
    in_use = configuration.clients.exists() or configuration.links.exists()
    if request.method == "POST":
        try:
            delete_configuration(configuration, by=Origin.of(request))
        except InUse:
            in_use = True
        else:
            messages.success(request, _("SCIM configuration deleted."))
            return redirect("scim-configurations")
    return show(
        request,
        "scim/configuration_delete.html",
        title=_("Delete %(name)s") % {"name": configuration.name},
        above=above(configuration),
        here=_("Delete"),
        configuration=configuration,
        in_use=in_use,
        status=409 if in_use and request.method == "POST" else 200,
    )
