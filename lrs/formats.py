"""Stored Statements as the texts of an answer, in the format that was asked for."""

from collections.abc import Sequence

import orjson

from lrs import descriptions
from lrs.query import Row, exact
from lrs.statement.formats import described_keys, localised, make_canonical, make_ids


def texts(rows: Sequence[Row], chosen: str, owner: int | None, languages: Sequence[str]) -> list[bytes]:
    if chosen == "exact":
        return [exact(row) for row in rows]
    statements = [descriptions.parsed(exact(row)) for row in rows]
    if chosen == "ids":
        for statement in statements:
            make_ids(statement)
    else:
        keys = {key for statement in statements for key in described_keys(statement)}
        known = descriptions.known(keys, owner)
        shown = {key: localised(value, languages) for key, value in known.items()}
        for statement in statements:
            make_canonical(statement, shown, languages)
    return [orjson.dumps(statement) for statement in statements]
