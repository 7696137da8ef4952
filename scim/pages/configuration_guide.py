"""The Set-up tab: what to enter where at each identity provider, with this installation's own addresses."""

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from clients.addresses import public_url
from clients.administration import Action
from clients.pages.frame import administrator, show
from clients.pages.text import Text
from scim.pages.configuration_general import reachable
from scim.pages.configuration_tabs import above, tabs
from scim.pages.flag_texts import PRESETS
from scim.tolerances import Preset


@dataclass(frozen=True, slots=True)
class Guide:
    preset: Preset
    steps: tuple[Text, ...]

    @property
    def name(self) -> Text:
        return PRESETS[self.preset]


_TOKEN = _("Paste the bearer token of the OAuth client as the token.")
_TEST = _("Test the connection, then assign one user and look at the Log tab.")
GUIDES = (
    Guide(
        Preset.ENTRA_ID,
        (
            _("Create an enterprise application without a gallery, and open Provisioning with mode Automatic."),
            _("Paste the address above as Tenant URL."),
            _("Paste the bearer token of the OAuth client as Secret token."),
            _("Under Mappings, match users by userName or by externalId, and switch off what you do not need."),
            _TEST,
        ),
    ),
    Guide(
        Preset.OKTA,
        (
            _("Add the app integration “SCIM 2.0 Test App (OAuth Bearer Token)”, or switch on SCIM in your own."),
            _("Paste the address above as SCIM connector base URL, with userName as the unique identifier."),
            _TOKEN,
            _("Switch on Create Users, Update User Attributes and Deactivate Users; push groups if you need them."),
            _TEST,
        ),
    ),
    Guide(
        Preset.ONELOGIN,
        (
            _("Add the app “SCIM Provisioner with SAML (SCIM v2 Enterprise)”."),
            _("Paste the address above as SCIM Base URL."),
            _TOKEN,
            _("Switch on provisioning, and choose what a deletion does: both choices block the user here."),
            _TEST,
        ),
    ),
    Guide(
        Preset.JUMPCLOUD,
        (
            _("Open Identity Management of a custom application and choose SCIM 2.0."),
            _("Paste the address above as Base URL."),
            _TOKEN,
            _("Give a test user’s email, and switch group management on if you need it."),
            _TEST,
        ),
    ),
    Guide(
        Preset.GOOGLE,
        (
            _("Add a custom SAML app and set up automatic provisioning for it."),
            _("Paste the address above as endpoint URL."),
            _TOKEN,
            _("Map userName and the work email, and set the grace time before users are blocked."),
            _TEST,
        ),
    ),
    Guide(
        Preset.GENERIC,
        (
            _("Use the address above as the base URL of SCIM 2.0."),
            _("Authenticate with the bearer token, or with access tokens for the scope “scim”."),
            _TEST,
        ),
    ),
)


@require_safe
def guide(request: HttpRequest, pk: int) -> HttpResponse:
    configuration = reachable(administrator(request), Action.VIEW, pk)
    return show(
        request,
        "scim/configuration_guide.html",
        title=configuration.name,
        above=above(),
        configuration=configuration,
        guides=GUIDES,
        address=f"{public_url()}/scim/{configuration.slug}/v2",
        plain_address=f"{public_url()}/scim/v2",
        tabs=tabs(request, configuration, "scim-configuration-guide"),
    )
