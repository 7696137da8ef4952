"""The whole Statement (xAPI 1.0.3 Data §2.2-2.4, xAPI 2.0): ``statement`` names every problem with its path."""

import re
from typing import Any

from lrs.statement.actors import actor, agent, authority, group
from lrs.statement.context import context, fits_object
from lrs.statement.objects import activity, statement_ref, verb
from lrs.statement.results import attachment, result
from lrs.statement.scalars import uuid
from lrs.statement.shapes import Shape, by_object_type, expected, list_of, literal
from lrs.statement.times import timestamp
from lrs.statement.types import FINE, Check, Problem, Problems, Version, under
from lrs.statement.voiding import voids_a_statement

_VERSIONS = {
    Version.V1: re.compile(r"1\.0(?:\.[0-9][0-9A-Za-z.+-]*)?"),
    Version.V2: re.compile(r"[12]\.0(?:\.[0-9][0-9A-Za-z.+-]*)?"),
}


def _version(value: Any, version: Version) -> Problems:
    """§2.4.10: every 1.0.x; xAPI 2.0 also 2.0.x."""
    if type(value) is not str:
        return expected("a string", value)
    return FINE if _VERSIONS[version].fullmatch(value) else (Problem("not a version this request may use"),)


_objects: dict[str, Check] = {"Activity": activity, "Agent": agent, "Group": group, "StatementRef": statement_ref}
_parts: dict[str, Check] = {
    "actor": actor,
    "verb": verb,
    "object": by_object_type(_objects, default="Activity"),
    "result": result,
    "context": context,
    "timestamp": timestamp,
    "attachments": list_of(attachment),
}
_required = ("actor", "verb", "object")
_rules = (voids_a_statement, fits_object)


# §2.4.4.3: a Statement without the members the LRS owns, and never one inside another.
sub_statement = Shape({"objectType": literal("SubStatement"), **_parts}, required=_required, rules=_rules)
statement = Shape(
    {
        **_parts,
        "object": by_object_type({**_objects, "SubStatement": sub_statement}, default="Activity"),
        "id": uuid,
        "stored": timestamp,
        "authority": authority,
        "version": _version,
    },
    required=_required,
    rules=_rules,
)


def first_repeated_id(statements: list[dict[str, Any]]) -> Problems:
    """xAPI 1.0.3 Communication §2.1.2: within a batch each id once, whatever its case."""
    seen: set[str] = set()
    for index, one in enumerate(statements):
        name = one.get("id", "").lower()
        if name in seen:
            return under(index, under("id", (Problem("stands twice in this batch"),)))
        if name:
            seen.add(name)
    return FINE
