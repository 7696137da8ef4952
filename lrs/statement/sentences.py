"""A Statement in words, as far as it says them itself: names, else identifiers."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from lrs.statement.actors import IDENTIFIERS
from lrs.statement.language import in_one_language

_MOST_MEMBERS = 3


class Sentence(NamedTuple):
    """Who did what."""

    actor: str
    verb: str
    object: str


def sentence(statement: Mapping[str, Any], languages: Sequence[str]) -> Sentence:
    return Sentence(
        actor_name(statement["actor"]),
        verb_name(statement["verb"], languages),
        object_name(statement["object"], languages),
    )


def actor_name(actor: Mapping[str, Any]) -> str:
    """The name, else the identifier, else the first members of an anonymous Group."""
    if actor.get("name"):
        return str(actor["name"])
    if found := identifier(actor):
        return found
    members = [actor_name(member) for member in actor.get("member", ())]
    more = ["…"] if len(members) > _MOST_MEMBERS else []
    return ", ".join(members[:_MOST_MEMBERS] + more)


def identifier(actor: Mapping[str, Any]) -> str:
    for name in IDENTIFIERS:
        if name in actor:
            return str(actor[name]["name"] if name == "account" else actor[name]).removeprefix("mailto:")
    return ""


def verb_name(verb: Mapping[str, Any], languages: Sequence[str]) -> str:
    return _in_words(verb.get("display", {}), languages) or _last_part(verb["id"])


def object_name(value: Mapping[str, Any], languages: Sequence[str]) -> str:
    match value.get("objectType", "Activity"):
        case "Activity":
            return _in_words(value.get("definition", {}).get("name", {}), languages) or str(value["id"])
        case "SubStatement":
            return " ".join(sentence(value, languages))
        case "StatementRef":
            return str(value["id"])
        case _:
            return actor_name(value)


def _in_words(entries: Mapping[str, Any], languages: Sequence[str]) -> str:
    return next(iter(in_one_language(entries, languages).values()), "")


def _last_part(iri: str) -> str:
    """``…/verbs/did`` says what it means at its end."""
    return iri.rstrip("/#").replace("#", "/").rpartition("/")[2] or iri
