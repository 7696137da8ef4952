"""The form of a peer. The secret is never shown: an empty field keeps the one stored."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.administration import Action, ObjectType
from clients.models import Administrator
from clients.pages.forms import TextField
from clients.pages.label_field import LabelField
from clients.pages.labelled_form import LabelledForm
from shared_events.models import Peer
from shared_events.peers.actions import SETTABLE


class PeerForm(LabelledForm):
    name = TextField(_("Name"), limit=120, ask=_("Enter a name for the peer."))
    base_url = forms.URLField(
        label=_("Address"),
        assume_scheme="https",
        help_text=_("The public address of the other LMS, without a path."),
        error_messages={
            "required": _("Enter the address of the other LMS."),
            "invalid": _("Enter an address like https://lms.example.org."),
        },
    )
    client_id = TextField(
        _("Client ID"),
        limit=120,
        ask=_("Enter the client ID."),
        help_text=_("Client ID and secret are those that the other LMS made for this one."),
    )
    secret = forms.CharField(
        label=_("Client secret"),
        max_length=400,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("Enter the client secret.")},
    )
    poll_seconds = forms.IntegerField(
        label=_("Seconds between polls"),
        min_value=5,
        max_value=86_400,
        error_messages={
            "required": _("Enter how many seconds pass between polls."),
            "invalid": _("Enter a whole number of seconds."),
            "min_value": _("Enter 5 seconds or more."),
            "max_value": _("Enter 86400 seconds or less."),
        },
    )
    labels = LabelField(
        help_text=_("Labels control which administrators reach this peer and the events mirrored from it."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, user: Administrator, peer: Peer | None = None) -> None:
        self.peer = peer
        borne = {label.pk for label in peer.labels.all()} if peer else set()
        initial = {name: getattr(peer, name) for name in SETTABLE} if peer else {"poll_seconds": 60}
        super().__init__(data, initial={**initial, "labels": borne})
        self.label_field.limit_to(user, Action.EDIT if peer else Action.ADD, borne, ObjectType.PEER)
        if peer:
            self.fields["secret"].required = False
            self.fields["secret"].help_text = _("Stored encrypted and never shown. Leave it empty to keep it.")

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = Peer.objects.exclude(pk=self.peer.pk) if self.peer else Peer.objects.all()
        if others.filter(name=name).exists():
            raise ValidationError(_("Another peer has this name."), code="taken")
        return name

    def clean_base_url(self) -> str:
        address = str(self.cleaned_data["base_url"]).rstrip("/")
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or parts.path or parts.query or parts.fragment or parts.username:
            raise ValidationError(self.fields["base_url"].error_messages["invalid"], code="invalid")
        return address

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in SETTABLE}
