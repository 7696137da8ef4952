"""What other apps keep for each client. Each registers its part when it starts."""

from collections.abc import Callable
from dataclasses import dataclass

from clients.audit import Origin
from clients.models import Client
from clients.pages.text import Text
from clients.rights import Right


@dataclass(frozen=True, slots=True)
class Sentence:
    """Of what a client can do now, or cannot."""

    can: bool
    words: Text


@dataclass(frozen=True, slots=True)
class Part:
    """A tab of the client at ``url_name``, what it adds to the rights held, and how a clone gets it."""

    label: Text
    url_name: str
    sentences: Callable[[Client, Right], list[Sentence]]
    hand_on: Callable[[Client, Client, Origin], object]  # from, to


_parts: dict[str, Part] = {}


def register(part: Part) -> None:
    _parts[part.url_name] = part


def registered() -> list[Part]:
    return list(_parts.values())
