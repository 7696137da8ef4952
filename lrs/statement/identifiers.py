"""Identifiers of people as a command is told them: ``mbox=mailto:…``, ``account=HOMEPAGE|NAME``."""

from typing import Any, NamedTuple

from lrs.statement import keys
from lrs.statement.actors import agent
from lrs.statement.types import Version


class Identifier(NamedTuple):
    """One of the four inverse functional identifiers, and its value as JSON has it."""

    name: str
    value: Any

    @property
    def key(self) -> str:
        return keys.key("agent", f"{self.name}\0{keys.comparable_identifier(self.name, self.value)}")

    @property
    def text(self) -> str:
        return f"{self.value['homePage']}|{self.value['name']}" if self.name == "account" else str(self.value)


def read(text: str) -> Identifier:
    """ValueError where it is none."""
    name, _, value = text.partition("=")
    given: Any = value
    if name == "account":
        home_page, separator, account = value.partition("|")
        given = {"homePage": home_page, "name": account} if separator else None
    if agent({name: given}, Version.V2):
        raise ValueError(text)
    return Identifier(name, given)
