"""The Limits tab of an OAuth client: how many requests it may send."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients import actions, usage
from clients.audit import Origin
from clients.limits.policy import policy_for
from clients.models import Administrator, Client, ClientUsage
from clients.models.client import MOST_AT_ONCE, MOST_PER_MINUTE
from clients.pages.chart import grouped
from clients.pages.client_form_tab import FormTab, answer
from clients.pages.forms import Form

FIELDS = ("requests_per_minute", "burst")
_TOLD_HOURS = 24


class LimitsForm(Form):
    requests_per_minute = forms.IntegerField(
        label=gettext_lazy("Requests per minute"),
        required=False,
        min_value=0,
        max_value=MOST_PER_MINUTE,
        error_messages={
            "invalid": gettext_lazy("Enter the requests per minute as a whole number, or nothing."),
            "min_value": gettext_lazy("Enter 0 or more requests per minute."),
            "max_value": gettext_lazy("Enter at most %(limit_value)d requests per minute, or 0 for no limit."),
        },
    )
    burst = forms.IntegerField(
        label=gettext_lazy("Requests at once"),
        required=False,
        min_value=1,
        max_value=MOST_AT_ONCE,
        error_messages={
            "invalid": gettext_lazy("Enter the requests at once as a whole number, or nothing."),
            "min_value": gettext_lazy("Enter 1 or more requests at once."),
            "max_value": gettext_lazy("Enter at most %(limit_value)d requests at once."),
        },
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, client: Client) -> None:
        stored = {name: getattr(client, name) for name in FIELDS}
        super().__init__(data, initial=stored | {"version": client.version})
        self.fields["requests_per_minute"].help_text = _(
            "On SCIM, xAPI, shared events and the token endpoint together; beyond it the client is answered 429. "
            "0: no limit. Empty: as the server is configured, now %(limit)s."
        ) % {
            "limit": grouped(settings.CLIENT_REQUESTS_PER_MINUTE) if settings.CLIENT_REQUESTS_PER_MINUTE else _("none")
        }
        self.fields["burst"].help_text = _(
            "How many may come at the same moment after a pause. Empty: as the server is configured, now %(limit)s, "
            "and at most a minute’s worth."
        ) % {"limit": grouped(settings.CLIENT_BURST)}


@require_http_methods(["GET", "HEAD", "POST"])
def limits(request: HttpRequest, pk: int) -> HttpResponse:
    return answer(request, pk, _TAB)


def _save(client: Client, form: LimitsForm, by: Origin) -> None:
    values = {name: form.cleaned_data[name] for name in FIELDS}
    actions.update_client(client, values=values, seen=form.cleaned_data["version"], by=by)


def _facts(client: Client, _user: Administrator) -> dict[str, str]:
    return {"now": _in_force(client), "refused": grouped(_refused(client))}


def _in_force(client: Client) -> str:
    policy = policy_for(client.requests_per_minute, client.burst)
    if policy is None:
        return _("No limit.")
    facts = {"rate": grouped(policy.per_minute), "burst": grouped(policy.burst)}
    return _("%(rate)s requests per minute, %(burst)s at once.") % facts


def _refused(client: Client) -> int:
    usage.flush()
    since = timezone.now() - timedelta(hours=_TOLD_HOURS)
    rows = ClientUsage.objects.filter(client=client, outcome=ClientUsage.Outcome.LIMITED, started_at__gte=since)
    return rows.aggregate(total=Sum("count"))["total"] or 0


_TAB = FormTab(
    "client-limits",
    "clients/client_limits.html",
    title=lambda client: _("%(name)s, Limits") % {"name": client.name},
    form=lambda data, client, _user: LimitsForm(data, client=client),
    save=_save,
    facts=_facts,
)
