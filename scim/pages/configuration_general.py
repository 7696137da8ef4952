"""The General tab of a SCIM configuration."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.addresses import public_url
from clients.audit import Origin
from clients.models import Administrator
from clients.models.label import Action
from clients.pages.frame import administrator, sent, show
from clients.pages.reach import find, needed, permits
from scim.actions import SlugTaken, update_configuration
from scim.models import ScimConfiguration
from scim.pages.configuration_form import GeneralForm
from scim.pages.configuration_tabs import above, tabs


@require_http_methods(["GET", "HEAD", "POST"])
def general(request: HttpRequest, pk: int) -> HttpResponse:
    user = administrator(request)
    configuration = reachable(user, needed(request, Action.EDIT), pk)
    form = GeneralForm(sent(request), configuration=configuration, user=user)
    if not _permits(user, Action.EDIT, pk):
        form.only_show()
    if form.is_valid() and _saved(request, configuration, form):
        messages.success(request, _("Changes saved."))
        return redirect(configuration)
    return show(
        request,
        "scim/configuration_general.html",
        title=configuration.name,
        above=above(),
        form=form,
        configuration=configuration,
        address=f"{public_url()}/scim/{configuration.slug}/v2/",
        tabs=tabs(request, configuration, "scim-configuration"),
        deletable=_permits(user, Action.DELETE, pk),
    )


def reachable(user: Administrator, action: Action, pk: int) -> ScimConfiguration:
    """404 for what the administrator does not see, 403 for what he may not do this to."""
    rows = ScimConfiguration.objects.select_related("created_by", "updated_by")
    configuration: ScimConfiguration = find(rows, user, pk, action)
    return configuration


def may_edit(user: Administrator, pk: int) -> bool:
    return _permits(user, Action.EDIT, pk)


def _permits(user: Administrator, action: Action, pk: int) -> bool:
    return permits(ScimConfiguration.objects.all(), user, pk, action)


def _saved(request: HttpRequest, configuration: ScimConfiguration, form: GeneralForm) -> bool:
    try:
        update_configuration(configuration, values=form.values, labels=form.chosen_labels, by=Origin.of(request))
    except SlugTaken:
        form.refuse_slug()
        return False
    return True
