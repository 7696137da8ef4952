"""What the pages of a SCIM configuration share: the steps above them and their tabs."""

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from clients.administration import Action
from clients.pages.frame import Step, Tab, administrator
from clients.pages.reach import permits
from scim.models import ScimConfiguration


def above(configuration: ScimConfiguration | None = None) -> list[Step]:
    """The list, and the configuration where the page is below it."""
    steps = [Step(_("SCIM configurations"), reverse("scim-configurations"))]
    return [*steps, Step(configuration.name, configuration.get_absolute_url())] if configuration else steps


def tabs(request: HttpRequest, configuration: ScimConfiguration, current: str) -> list[Tab]:
    pages = {
        "scim-configuration": _("General"),
        "scim-configuration-mapping": _("Mapping"),
        "scim-configuration-matching": _("Matching"),
        "scim-configuration-scope": _("Scope"),
        "scim-configuration-test": _("Test"),
        "scim-configuration-log": _("Log"),
        "scim-configuration-guide": _("Set-up"),
        "scim-configuration-usage": _("Usage"),
    }
    if not permits(ScimConfiguration.objects.all(), administrator(request), configuration.pk, Action.EDIT):
        del pages["scim-configuration-test"]  # a request may change users
    return [Tab(label, reverse(name, args=[configuration.pk]), name == current) for name, label in pages.items()]
