"""The Credentials tab: what the client signs in with, and where."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients import addresses, usage
from clients.models import Client, Credential, LmsSettings
from clients.models.label import Action
from clients.pages.client_tabs import above, tabs
from clients.pages.credential_kinds import KINDS, SECRET, CredentialKind
from clients.pages.forms import ConfirmField, Form
from clients.pages.frame import administrator, show
from clients.pages.reach import find, permits
from clients.pages.text import Text
from clients.rights import Service


class RegenerateForm(Form):
    """``number`` is that of the credential the form was shown for: a second use of the form finds another one."""

    number = forms.CharField(widget=forms.HiddenInput, required=False)
    confirm = ConfirmField("")

    def __init__(self, data: Any, kind: CredentialKind, known: int) -> None:
        super().__init__(data, auto_id=f"{kind.slug}-%s", initial={"number": known})
        self.fields["confirm"].label = kind.tick
        out_of_date = data is not None and data.get("number") != str(known)
        if not known or out_of_date:  # nothing to end, or nothing will happen
            del self.fields["confirm"]


@dataclass(frozen=True)
class Held:
    """One kind of credential as the client holds it now; ``newest`` is None where it was never generated."""

    client: Client
    words: CredentialKind
    newest: Credential | None
    form: RegenerateForm

    @property
    def number(self) -> int:
        return self.newest.number if self.newest else 0

    @property
    def url(self) -> str:
        return reverse(self.words.url_name, args=[self.client.pk])

    @property
    def verb(self) -> Text:
        return self.words.verb if self.newest else self.words.first_verb

    @property
    def question(self) -> Text:
        return self.words.question if self.newest else self.words.first_question

    @property
    def ends_now(self) -> Text:
        when = date_format(timezone.localtime(self.newest.created_at), "DATETIME_FORMAT") if self.newest else ""
        return self.words.ends_now % {"when": when}

    @cached_property
    def active_tokens(self) -> int:
        """Access tokens that end with this credential."""
        if self.words is not SECRET or not self.newest:
            return 0
        lifetime = LmsSettings.current().access_token_lifetime_seconds
        return usage.active_tokens(self.client, lifetime_seconds=lifetime)


def held(client: Client, words: CredentialKind, data: Any = None) -> Held:
    newest = Credential.objects.select_related("created_by").newest(client, words.kind)
    return Held(client, words, newest, RegenerateForm(data, words, newest.number if newest else 0))


@require_safe
def credentials(request: HttpRequest, pk: int) -> HttpResponse:
    rows = Client.objects.select_related("scim_configuration")
    return tab(request, find(rows, administrator(request), pk))


def tab(request: HttpRequest, client: Client, **shown: Any) -> HttpResponse:
    """The page; ``shown`` adds the panel of a new credential to it."""
    user = administrator(request)
    configuration = client.scim_configuration
    within = configuration and type(configuration).objects.in_reach_of(user, Action.VIEW).filter(pk=configuration.pk)
    return show(
        request,
        "clients/client_credentials.html",
        title=_("%(name)s, Credentials") % {"name": client.name},
        above=above(),
        here=client.name,
        client=client,
        tabs=tabs(client, "client-credentials"),
        may_regenerate=permits(Client.objects.all(), user, client.pk, Action.REGENERATE),
        held={slug: held(client, words) for slug, words in KINDS.items()},
        endpoints=_endpoints(client, configuration_named=bool(within and within.exists())),
        host=addresses.public_url().partition("://")[2],
        lifetime_minutes=LmsSettings.current().access_token_lifetime_seconds // 60,
        **shown,
    )


@dataclass(frozen=True, slots=True)
class Endpoint:
    slug: str
    label: str
    url: str
    about: str


def _endpoints(client: Client, *, configuration_named: bool) -> list[Endpoint]:
    return [
        Endpoint("token", _("OAuth2 token endpoint"), addresses.token_endpoint(), _("Client credentials grant")),
        Endpoint("scim", _("SCIM endpoint"), addresses.service_url(Service.SCIM), _scim(client, configuration_named)),
        Endpoint("xapi", _("xAPI LRS endpoint"), addresses.service_url(Service.XAPI), _xapi(client)),
    ]


def _scim(client: Client, named: bool) -> str:
    configuration = client.scim_configuration
    if configuration is None:
        return _("No SCIM configuration: requests are refused")
    if not configuration.active:
        return _("The SCIM configuration is not active: requests are refused")
    if not named:
        return _("SCIM configuration: set, outside your permissions")
    return _("SCIM configuration: %(name)s") % {"name": configuration.name}


def _xapi(client: Client) -> str:
    if client.lrs_own and client.lrs_full_read:
        return _("Full read access to all data, and writing statements of its own")
    if client.lrs_own:
        return _("Read and write access to statements created by this client")
    if client.lrs_full_read:
        return _("Full read access to all data")
    return _("Not allowed for this client: see the General tab")
