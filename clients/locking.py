"""Changes of one row happen one after the other, and none happens to a row that is gone."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404

Row = TypeVar("Row", bound=Model)


class Gone(Http404):
    """Somebody deleted it after the caller had looked at it. Nothing changed; a page answers 404."""


def lock(rows: "QuerySet[Row]", pk: int, *, no_key: bool = False) -> Row:
    """The row as it is now, locked to the end of the transaction. Gone where ``rows`` has it no more."""
    found = rows.select_for_update(no_key=no_key).filter(pk=pk).first()
    if found is None:
        raise Gone
    return found
