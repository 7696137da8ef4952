"""Requests that the workbench offers to start from, about users and groups that the configuration serves."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.pages.text import Text
from scim.mapping import USER
from scim.models import ScimConfiguration, ScimLink
from scim.normalise import PATCH_OP

UNKNOWN = "…"  # stands where an id has to be put in: there is no user or group yet
_NEW = {
    "schemas": [USER],
    "userName": "test@example.org",
    "name": {"givenName": "Test", "familyName": "Example"},
    "emails": [{"value": "test@example.org", "type": "work", "primary": True}],
}


@dataclass(frozen=True, slots=True)
class Ids:
    """Of the user and the group that the directory brought last."""

    user: str
    group: str

    @classmethod
    def of(cls, configuration: ScimConfiguration) -> "Ids":
        visible = ScimLink.objects.visible_to(configuration).order_by("-pk")
        last = [visible.filter(kind=kind).first() for kind in (ScimLink.Kind.USER, ScimLink.Kind.GROUP)]
        return cls(*(str(link.scim_id) if link else UNKNOWN for link in last))


@dataclass(frozen=True, slots=True)
class Offer:
    name: Text
    method: str
    path: Callable[[Ids], str]
    body: Callable[[Ids], Any] = lambda _ids: None


def _patch(operation: dict[str, Any]) -> dict[str, Any]:
    return {"schemas": [PATCH_OP], "Operations": [operation]}


OFFERS = {
    "connection": Offer(_("Connection test"), "GET", lambda _ids: '/Users?filter=userName eq "nobody"&count=1'),
    "match": Offer(_("Look a user up"), "GET", lambda _ids: '/Users?filter=userName eq "test@example.org"'),
    "create": Offer(_("Create a user"), "POST", lambda _ids: "/Users", lambda _ids: _NEW),
    "deactivate": Offer(
        _("Deactivate a user"),
        "PATCH",
        lambda ids: f"/Users/{ids.user}",
        lambda _ids: _patch({"op": "Replace", "path": "active", "value": False}),
    ),
    "group": Offer(
        _("Add a member to a group"),
        "PATCH",
        lambda ids: f"/Groups/{ids.group}",
        lambda ids: _patch({"op": "Add", "path": "members", "value": [{"value": ids.user}]}),
    ),
}


def offered(configuration: ScimConfiguration, name: str) -> dict[str, Any]:
    """Values of the workbench's form; an unknown ``name`` is the connection test."""
    offer, ids = OFFERS.get(name, OFFERS["connection"]), Ids.of(configuration)
    body = offer.body(ids)
    shown = json.dumps(body, indent=2, ensure_ascii=False) if body else ""
    return {"method": offer.method, "path": offer.path(ids), "body": shown, "dry": True}
