"""The System menu. Each app registers its entries when it starts; an administrator sees those he may view."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject

from clients.administration import Action, ObjectType
from clients.models import Administrator
from clients.pages.text import Text


@dataclass(frozen=True, slots=True)
class Entry:
    """``position`` orders the menu. It shows to whoever may view objects of type ``shows``.

    Without a type: to whoever may view all types that bear labels, or with ``superadmin_only`` to superadmins.
    """

    position: int
    label: Text
    about: Text
    url_name: str
    icon: str
    superadmin_only: bool = False
    shows: ObjectType | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """An entry as one request shows it. ``current`` is the value of aria-current, or empty."""

    label: Text
    about: Text
    url: str
    icon: str
    current: str


_entries: dict[str, Entry] = {}


def register(entry: Entry) -> None:
    _entries[entry.url_name] = entry


def visible_to(user: Administrator) -> list[Entry]:
    entries = sorted(_entries.values(), key=lambda entry: entry.position)
    return [entry for entry in entries if _may_see(user, entry)]


def _may_see(user: Administrator, entry: Entry) -> bool:
    return user.rights.everything or (not entry.superadmin_only and user.rights.may(entry.shows, Action.VIEW))


def items(request: HttpRequest) -> list[Item]:
    user = request.user
    if not isinstance(user, Administrator):
        return []
    return [_item(entry, request.path) for entry in visible_to(user)]


def _item(entry: Entry, path: str) -> Item:
    url = reverse(entry.url_name)
    current = "page" if path == url else "true" if path.startswith(url) else ""
    return Item(entry.label, entry.about, url, entry.icon, current)


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor; nothing is read before a template shows the menu."""
    return {"menu": SimpleLazyObject(lambda: items(request))}
