"""Which SCIM attribute is kept, and which field of a user it is. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

USER = "urn:ietf:params:scim:schemas:core:2.0:User"  # RFC 7643 §4.1
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"  # RFC 7643 §4.3


class Mode(StrEnum):
    DIRECTORY = "directory"  # written on every change
    INITIAL = "initial"  # written when the user is created
    LMS = "lms"  # published read-only, never written


@dataclass(frozen=True, slots=True)
class Row:
    """``target``: a field of LmsUser, or empty where the value is kept for the directory alone."""

    path: str
    target: str = ""
    mode: Mode = Mode.DIRECTORY
    sensitive: bool = False

    def as_json(self) -> dict[str, Any]:
        return {"path": self.path, "target": self.target, "mode": self.mode.value, "sensitive": self.sensitive}


# Of entries, the primary, else the work, else the first one feeds the field.
_CHOSEN = {
    "emails": ("emails", "value"),
    "phoneNumbers": ("phoneNumbers", "value"),
    "addresses.country": ("addresses", "country"),
    "addresses.locality": ("addresses", "locality"),
}
MINIMAL = (
    Row("userName", "user_name"),
    Row("active"),
    Row("name.givenName", "given_name"),
    Row("name.familyName", "family_name"),
    Row("emails", "email"),
)
STANDARD = (
    Row("userName", "user_name"),
    Row("active"),
    Row("name"),
    Row("name.givenName", "given_name"),
    Row("name.middleName", "middle_name"),
    Row("name.familyName", "family_name"),
    Row("name.honorificPrefix", "title"),
    Row("displayName", "display_name"),
    Row("nickName"),
    Row("profileUrl"),
    Row("title", "job_title"),
    Row("userType"),
    Row("preferredLanguage", "language"),
    Row("locale"),
    Row("timezone"),
    Row("emails", "email"),
    Row("phoneNumbers", "phone"),
    Row("ims"),
    Row("photos"),
    Row("addresses"),
    Row("addresses.country", "country"),
    Row("addresses.locality", "location"),
    Row("entitlements"),
    Row("roles"),
    Row(f"{ENTERPRISE}:employeeNumber", "employee_id"),
    Row(f"{ENTERPRISE}:costCenter", "business_unit"),
    Row(f"{ENTERPRISE}:organization", "company"),
    Row(f"{ENTERPRISE}:division", "division"),
    Row(f"{ENTERPRISE}:department", "department"),
    Row(f"{ENTERPRISE}:manager", "manager"),
)
PATHS = tuple(dict.fromkeys(row.path for row in STANDARD))
TARGETS = tuple(row.target for row in STANDARD if row.target)
_ATTRIBUTES = {row.target: row.path for row in STANDARD if row.target}
Rows = Sequence[Row]


class UnfitMapping(ValueError):
    """What is wrong with it, for people."""


def rows_of(stored: Iterable[Mapping[str, Any]]) -> tuple[Row, ...]:
    """Rows as stored; none are those of the Standard preset. UnfitMapping where they contradict each other."""
    rows = tuple(Row(str(one["path"]), str(one["target"]), Mode(one["mode"]), bool(one["sensitive"])) for one in stored)
    if not rows:
        return STANDARD
    _check(rows)
    return rows


def _check(rows: Rows) -> None:
    paths, targets = [row.path for row in rows], [row.target for row in rows if row.target]
    for kind, values, known in (("attribute", paths, PATHS), ("field", targets, TARGETS)):
        if strange := [value for value in values if value not in known]:
            raise UnfitMapping(f"There is no {kind} {strange[0]}.")
        if len(set(values)) != len(values):
            raise UnfitMapping(f"Each {kind} can stand in one row only.")
    if Row("userName", "user_name").path not in paths or "active" not in paths:
        raise UnfitMapping("userName and active are always mapped.")
    if any(row.target == "manager" and row.path != f"{ENTERPRISE}:manager" for row in rows):
        raise UnfitMapping("Only the manager attribute can feed the manager.")


def attribute_of(field: str) -> str:
    """The SCIM name of a field, for messages: ``email`` is ``emails``, an extension's URN is left out."""
    return _ATTRIBUTES[field].rpartition(":")[2]


def effective(rows: Rows, stamped: Iterable[str]) -> tuple[Row, ...]:
    """Without the attributes whose field a configuration stamps.

    Addresses stay: an entry of a multi-valued attribute is more than the field it feeds.
    """
    fixed = set(stamped) - {"user_name"}
    return tuple(row for row in rows if row.target not in fixed or row.path in _CHOSEN)


def account(resource: Mapping[str, Any], rows: Rows = STANDARD, *, creating: bool = True) -> dict[str, str]:
    """The fields of a user that ``resource`` states; what it leaves out is empty. A change leaves initial ones out."""
    modes = (Mode.DIRECTORY, Mode.INITIAL) if creating else (Mode.DIRECTORY,)
    written = [row for row in rows if row.target not in ("", "manager") and row.mode in modes]
    return {row.target: value_at(resource, row.path) for row in written}


def value_at(resource: Mapping[str, Any], path: str) -> str:
    """The one text that ``resource`` has at ``path``; empty without one."""
    if path in _CHOSEN:
        attribute, sub_attribute = _CHOSEN[path]
        return _text(_chosen(resource.get(attribute)).get(sub_attribute))
    return _text(_single(resource, path))


def published_by_lms(rows: Rows) -> list[Row]:
    return [
        row for row in rows if row.mode == Mode.LMS and row.path not in _CHOSEN and row.target not in ("", "manager")
    ]


def put(resource: dict[str, Any], path: str, text: str) -> None:
    """Set the single value at ``path``, or take it away where ``text`` is empty."""
    urn, _, rest = path.rpartition(":") if path.startswith("urn:") else ("", "", path)
    place = resource.setdefault(urn, {}) if urn else resource
    *heads, name = rest.split(".")
    for head in heads:
        place = place.setdefault(head, {})
    if text:
        place[name] = text
    else:
        place.pop(name, None)


def restate(resource: dict[str, Any], path: str, text: str) -> None:
    """Set the one text that ``value_at`` reads, its entry or its extension included; take it away where it is empty."""
    if path in _CHOSEN:
        _restate_entry(resource, *_CHOSEN[path], text)
        return
    put(resource, path, text)
    if text and path.startswith(ENTERPRISE) and ENTERPRISE not in resource.setdefault("schemas", [USER]):
        resource["schemas"].append(ENTERPRISE)


def _restate_entry(resource: dict[str, Any], attribute: str, name: str, text: str) -> None:
    entries = resource.setdefault(attribute, [])
    entry = _chosen(entries)
    if not entry and text:
        entries.append({"type": "work", name: text})
    elif text or name != "value":
        entries[entries.index(entry)] = {**entry, name: text}
    elif entry:
        entries.remove(entry)


def source(row: Row) -> str:
    """Where in a resource the text stands that feeds the row's field."""
    return ".".join(_CHOSEN.get(row.path, (row.path,)))


def manager_id(resource: Mapping[str, Any]) -> str:
    return _text(_single(resource, f"{ENTERPRISE}:manager.value"))


def trimmed(value: Any) -> Any:
    """``value`` without what SCIM holds for unassigned: null, empty text, and entries or objects that hold nothing."""
    if isinstance(value, Mapping):
        return {name: kept for name, item in value.items() if (kept := trimmed(item)) not in (None, "", [], {})}
    if isinstance(value, list):
        return [kept for item in value if (kept := trimmed(item)) not in (None, "", [], {})]
    return value


def texts(value: Any) -> Iterator[str]:
    """Every text in ``value``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from texts(item)


def _single(resource: Mapping[str, Any], path: str) -> Any:
    value: Any = resource
    if path.startswith("urn:"):
        urn, _, path = path.rpartition(":")
        value = resource.get(urn)
    for name in path.split("."):
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def _chosen(entries: Any) -> Mapping[str, Any]:
    found = [entry for entry in entries or () if isinstance(entry, Mapping)]
    primary = (entry for entry in found if entry.get("primary") is True)
    work = (entry for entry in found if str(entry.get("type", "")).lower() == "work")
    return next(primary, None) or next(work, None) or next(iter(found), {})


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""
