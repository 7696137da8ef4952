"""The Shared events tab of an OAuth client: all shared events, or those with chosen share labels."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients.audit import Origin
from clients.models import Client
from clients.pages.client_form_tab import FormTab, answer
from clients.pages.client_parts import Part, Sentence
from clients.pages.effective_access import effective_access
from clients.pages.forms import Form, SwitchField
from clients.rights import Right
from shared_events.models import ClientSharing, ShareLabel
from shared_events.pages.share_label_field import ShareLabelField
from shared_events.profiles import registrations_enabled
from shared_events.sharing import hand_on, set_sharing

_ALL, _SOME = "all", "some"


class SharingForm(Form):
    given = forms.ChoiceField(
        label=gettext_lazy("Events it is given"),
        choices=[
            (_ALL, gettext_lazy("All shared events")),
            (_SOME, gettext_lazy("Only with these share labels")),
        ],
        error_messages={"required": gettext_lazy("Choose which events the client is given.")},
    )
    share_labels = ShareLabelField(
        help_text=gettext_lazy(
            "Events that bear one of them, or a label below one. Limited to labels and without any, the client is "
            "given nothing."
        ),
    )
    register = SwitchField(
        gettext_lazy("May register participants"),
        help_text=gettext_lazy(
            "It takes seats in the events it is given, for learners of its LMS, and is told how many are taken."
        ),
    )
    version = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Mapping[str, Any] | None, *, client: Client) -> None:
        sharing = ClientSharing.of(client.pk)
        chosen = set(sharing.share_labels.values_list("pk", flat=True))
        given = _ALL if sharing.all_events else _SOME
        initial = {"given": given, "share_labels": chosen, "version": client.version}
        super().__init__(data, initial={**initial, "register": sharing.register})
        field = self.fields["share_labels"]
        assert isinstance(field, ShareLabelField)
        field.offer(chosen)


@require_http_methods(["GET", "HEAD", "POST"])
def sharing(request: HttpRequest, pk: int) -> HttpResponse:
    return answer(request, pk, _TAB)


def _save(client: Client, form: SharingForm, by: Origin) -> None:
    chosen = ShareLabel.objects.filter(pk__in=form.cleaned_data["share_labels"])
    everything, seen = form.cleaned_data["given"] == _ALL, form.cleaned_data["version"]
    register = form.cleaned_data["register"]
    set_sharing(client, all_events=everything, share_labels=chosen, register=register, seen=seen, by=by)


def _sentences(client: Client, held: Right) -> list[Sentence]:
    if Right.SHARED_EVENTS not in held:
        return []
    sharing = ClientSharing.of(client.pk)
    return [*_given(sharing), *_registering(sharing)]


def _registering(sharing: ClientSharing) -> list[Sentence]:
    if not sharing.register:
        return []
    if registrations_enabled():
        return [Sentence(can=True, words=_("It may register participants for shared events."))]
    return [Sentence(can=False, words=_("It may not register participants: registrations are off for this LMS."))]


def _given(sharing: ClientSharing) -> list[Sentence]:
    if sharing.all_events:
        return []
    paths = ", ".join(sorted(label.path for label in sharing.share_labels.all()))
    if not paths:
        return [
            Sentence(can=False, words=_("It is given no shared event: it is limited to share labels and has none."))
        ]
    words = _("It is given only the shared events with these share labels, or one below: %(labels)s.")
    return [Sentence(can=True, words=words % {"labels": paths})]


PART = Part(gettext_lazy("Shared events"), "client-sharing", _sentences, hand_on)


_TAB = FormTab(
    PART.url_name,
    "shared_events/client_sharing.html",
    title=lambda client: _("%(name)s, Shared events") % {"name": client.name},
    form=lambda data, client, _user: SharingForm(data, client=client),
    save=_save,
    facts=lambda client, _user: {"sentences": effective_access(client)},
)
