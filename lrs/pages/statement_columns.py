"""What a downloaded Statement is laid out in: standard columns, each of one type, and paths into its JSON."""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from clients.pages.text import Text
from lrs.pages.statement_row import StatementRow, shown
from lrs.query import Row
from lrs.statement.paths import at, read_path
from lrs.statement.times import instant, written

MOST_PATHS = 50
_MOST_CHARACTERS = 500
type_of_cell = str | int | float


@dataclass(frozen=True, slots=True)
class Column:
    """``key`` heads it in the typed schema, ``label`` elsewhere. An empty cell is no value."""

    key: str
    label: Text
    type: str
    read: Callable[[StatementRow], Any]
    usual: bool = True  # without a choice


def _path(text: str) -> Callable[[StatementRow], Any]:
    path = read_path(text)
    assert path is not None
    return lambda one: at(one.value, path)


def _number(text: str) -> Callable[[StatementRow], Any]:
    """An integer that no double holds is no value: the column has one type."""
    read = _path(text)
    return lambda one: value if _is_double(value := read(one)) else None


def _is_double(value: Any) -> bool:
    try:
        return value is not None and isfinite(float(value))
    except OverflowError:
        return False


def _timestamp(one: StatementRow) -> str:
    moment = instant(one.value["timestamp"])
    return "" if moment is None else written(moment)


COLUMNS = (
    Column("stored", _("Stored"), "timestamp", lambda one: one.row.stored),
    Column("timestamp", _("Timestamp"), "timestamp", _timestamp),
    Column("statement_id", _("Statement ID"), "uuid", lambda one: str(one.id)),
    Column("client", _("Client"), "string", lambda one: one.client),
    Column("actor", _("Actor"), "string", lambda one: one.sentence.actor),
    Column("actor_identifier", _("Actor identifier"), "string", lambda one: one.actor_identifier),
    Column("verb", _("Verb"), "string", lambda one: one.sentence.verb),
    Column("verb_iri", _("Verb IRI"), "string", _path("verb.id")),
    Column("object", _("Object"), "string", lambda one: one.sentence.object),
    Column("object_id", _("Object ID"), "string", lambda one: one.object_id),
    Column("registration", _("Registration"), "uuid", _path("context.registration")),
    Column("success", _("Success"), "boolean", _path("result.success")),
    Column("completion", _("Completion"), "boolean", _path("result.completion")),
    Column("score_scaled", _("Score (scaled)"), "double", _number("result.score.scaled")),
    Column("response", _("Response"), "string", _path("result.response")),
    Column("score_raw", _("Score (raw)"), "double", _number("result.score.raw"), usual=False),
    Column("score_min", _("Score (lowest)"), "double", _number("result.score.min"), usual=False),
    Column("score_max", _("Score (highest)"), "double", _number("result.score.max"), usual=False),
    Column("duration", _("Duration"), "string", _path("result.duration"), usual=False),
    Column("object_type", _("Object type"), "string", _path("object.objectType"), usual=False),
    Column("activity_type", _("Activity type"), "string", _path("object.definition.type"), usual=False),
    Column("platform", _("Platform"), "string", _path("context.platform"), usual=False),
    Column("language", _("Language"), "string", _path("context.language"), usual=False),
    Column("version", _("xAPI version"), "string", _path("version"), usual=False),
)


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns an address chooses: ``column=…`` once for each, and ``paths``, one a line."""

    columns: Sequence[Column]
    text: str  # of the paths, as sent
    problem: str = ""

    @classmethod
    def of(cls, sent: QueryDict) -> "Layout":
        return cls.read(set(sent.getlist("column")), sent.get("paths", "").replace("\0", ""))

    @classmethod
    def read(cls, chosen: Collection[str], text: str) -> "Layout":
        """``chosen``: keys of columns. Without them and without paths, the usual ones."""
        lines = list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))
        standard = [one for one in COLUMNS if one.key in chosen] or ([] if lines else [o for o in COLUMNS if o.usual])
        wrong = [line for line in lines if len(line) > _MOST_CHARACTERS or read_path(line) is None]
        if wrong:
            return cls(standard, text, gettext("This is not a path: %(path)s") % {"path": wrong[0][:_MOST_CHARACTERS]})
        if len(lines) > MOST_PATHS:
            return cls(standard, text, gettext("At most %(count)s paths, please.") % {"count": MOST_PATHS})
        return cls([*standard, *(Column(line, line, "string", _path(line)) for line in lines)], text)

    @property
    def keys(self) -> set[str]:
        return {one.key for one in self.columns}

    def heads(self) -> list[str]:
        return [str(one.label) for one in self.columns]

    def cells(self, one: StatementRow) -> list[type_of_cell]:
        return [cell(column.read(one)) for column in self.columns]

    def table(self, pages: Iterable[Sequence[Row]], languages: Sequence[str]) -> Iterator[list[type_of_cell]]:
        return (self.cells(one) for page in pages for one in shown(page, languages))


def cell(value: Any) -> type_of_cell:
    """Booleans as JSON writes them; what has parts, as JSON in one cell."""
    if value is None:
        return ""
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return value if isinstance(value, int | float) else str(value)
