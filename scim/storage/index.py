"""A resource as rows for filters and sorting."""

from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

from scim.comparison import key
from scim.models import ScimAttribute, ScimLink


class Entry(NamedTuple):
    path: str
    item: int = 0
    text: str | None = None
    number: float | None = None


def write(link: ScimLink, case_exact: Collection[str]) -> None:
    """Replace the rows of ``link``. ``case_exact``: the paths, in lower case, of attributes compared as they are."""
    erase(link)
    rows = [
        ScimAttribute(link=link, configuration_id=link.configuration_id, **entry._asdict())
        for entry in entries(link.data, case_exact)
    ]
    ScimAttribute.objects.bulk_create(rows)


def erase(link: ScimLink) -> None:
    ScimAttribute.objects.filter(link=link).delete()


def entries(resource: dict[str, Any], case_exact: Collection[str]) -> Iterator[Entry]:
    for name, value in resource.items():
        if isinstance(value, dict) and name.lower().startswith("urn:"):
            for inner, item in value.items():
                yield from _attribute(f"{name}:{inner}".lower(), item, case_exact)
        else:
            yield from _attribute(name.lower(), value, case_exact)


def _attribute(path: str, value: Any, case_exact: Collection[str]) -> Iterator[Entry]:
    items = value if isinstance(value, list) else [value]
    # The primary entry comes first: RFC 7644 §3.4.2.3 sorts by it, else by the first.
    items = sorted(items, key=lambda item: not (isinstance(item, dict) and item.get("primary") is True))
    for number, item in enumerate(items):
        if isinstance(item, dict):
            yield Entry(path, number)
            for name, inner in item.items():
                yield _leaf(f"{path}.{name}".lower(), number, inner, case_exact)
        else:
            yield _leaf(path, number, item, case_exact)


def _leaf(path: str, item: int, value: Any, case_exact: Collection[str]) -> Entry:
    if isinstance(value, str):
        return Entry(path, item, text=key(value, case_exact=path in case_exact))
    return Entry(path, item, number=float(value))
