"""The Test tab: a workbench that sends a request as the configuration, dry unless told otherwise."""

import json
from typing import Any

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
from scim.mapping import USER
from scim.normalise import PATCH_OP
from scim.pages.configuration_general import reachable
from scim.pages.configuration_tabs import above, tabs

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_NEW = {
    "schemas": [USER],
    "userName": "test@example.org",
    "name": {"givenName": "Test", "familyName": "Example"},
    "emails": [{"value": "test@example.org", "type": "work", "primary": True}],
}
_OFF = {"schemas": [PATCH_OP], "Operations": [{"op": "Replace", "path": "active", "value": False}]}
_JOIN = {"schemas": [PATCH_OP], "Operations": [{"op": "Add", "path": "members", "value": [{"value": "…"}]}]}
TEMPLATES: dict[str, tuple[Any, str, str, Any]] = {
    "connection": (_("Connection test"), "GET", '/Users?filter=userName eq "nobody"&count=1', None),
    "match": (_("Look a user up"), "GET", '/Users?filter=userName eq "test@example.org"', None),
    "create": (_("Create a user"), "POST", "/Users", _NEW),
    "deactivate": (_("Deactivate a user"), "PATCH", "/Users/…", _OFF),
    "group": (_("Add a member to a group"), "PATCH", "/Groups/…", _JOIN),
}


class TestForm(Form):
    __test__ = False  # no test case, whatever its name

    method = forms.ChoiceField(label=_("Operation"), choices=[(name, name) for name in METHODS])
    path = TextField(_("Address"), limit=2000, ask=_("Enter an address like /Users."))
    body = forms.CharField(
        label=_("Body"), required=False, widget=forms.Textarea(attrs={"rows": 12, "spellcheck": "false"})
    )
    dry = SwitchField(_("Dry run"), help_text=_("Everything is undone, and nobody is told."))


@require_http_methods(["GET", "HEAD", "POST"])
def test(request: HttpRequest, pk: int) -> HttpResponse:
    configuration = reachable(administrator(request), Action.EDIT, pk)
    form = TestForm(sent(request), initial=_chosen(request.GET.get("template", "")))
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
        templates=[(name, text) for name, (text, *_rest) in TEMPLATES.items()],
        result=result,
        tabs=tabs(request, configuration, "scim-configuration-test"),
    )


def _chosen(name: str) -> dict[str, Any]:
    _text, method, path, body = TEMPLATES.get(name, TEMPLATES["connection"])
    shown = json.dumps(body, indent=2, ensure_ascii=False) if body else ""
    return {"method": method, "path": path, "body": shown, "dry": True}
