"""The Test tab: a workbench that sends a request as the configuration, dry unless told otherwise."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clients.addresses import public_url
from clients.administration import Action
from clients.audit import Origin
from clients.pages.forms import Form, SwitchField, TextField
from clients.pages.frame import administrator, sent, show
from scim.dry_run import Result, Wanted, run
from scim.pages.configuration_general import reachable
from scim.pages.configuration_tabs import above, tabs
from scim.pages.workbench_requests import OFFERS, UNKNOWN, offered

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


class TestForm(Form):
    __test__ = False  # no test case, whatever its name

    method = forms.ChoiceField(label=_("Operation"), choices=[(name, name) for name in METHODS])
    path = TextField(_("Address"), limit=2000, ask=_("Enter an address like /Users."))
    body = forms.CharField(
        label=_("Body"), required=False, widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"})
    )
    dry = SwitchField(_("Dry run"), help_text=_("Everything is undone, and nobody is told."))

    def clean(self) -> None:
        for name in ("path", "body"):
            if UNKNOWN in self.cleaned_data.get(name, ""):
                self.add_error(name, _("Put the id of a user or group in the place of “…”. A look-up shows it."))


@require_http_methods(["GET", "HEAD", "POST"])
def test(request: HttpRequest, pk: int) -> HttpResponse:
    configuration = reachable(administrator(request), Action.EDIT, pk)
    form = TestForm(sent(request), initial=offered(configuration, request.GET.get("template", "")))
    result: Result | None = None
    if form.is_valid():
        wanted = Wanted.of(*(form.cleaned_data[name] for name in ("method", "path", "body")))
        base_url = f"{public_url()}/scim/{configuration.slug}/v2"
        dry = form.cleaned_data["dry"]
        result = run(configuration, base_url=base_url, request=wanted, dry=dry, by=Origin.of(request))
    return show(
        request,
        "scim/configuration_test.html",
        title=configuration.name,
        above=above(),
        configuration=configuration,
        form=form,
        templates=[(name, offer.name) for name, offer in OFFERS.items()],
        result=result,
        tabs=tabs(request, configuration, "scim-configuration-test"),
    )
