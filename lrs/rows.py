"""Many rows in few statements, on both databases. Keys are 32 hexadecimal digits, which both take for a UUID."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import orjson
from django.db import connection, models

from lrs.models import (
    Attachment,
    Authority,
    Description,
    Reference,
    Relation,
    Statement,
    StatementAttachment,
    StatementId,
)

_PER_STATEMENT = 200  # rows of one INSERT with its values in the text
_WORTH_COPYING = 20  # COPY costs a round trip more

# The function that a migration makes: its plans are kept, so that PostgreSQL thinks once a connection.
_STORE = (
    "SELECT lrs_store(%s, %s::uuid, %s::bytea, %s, %s::smallint, %s, %s::bytea, "
    "%s::uuid[], %s::boolean[], %s::integer[], %s::uuid[], %s::uuid[], %s::text[], %s::text[])"
)

type_of_row = tuple[Any, ...]


class Known(NamedTuple):
    """What is stored under an id; ``seq`` None: referred to, not here yet."""

    seq: int | None
    client: int | None
    digest: bytes | None
    happened: int | None


def table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)  # noqa: SLF001 - Django's documented model API


def columns(model: type[models.Model]) -> str:
    names = [str(field.column) for field in model._meta.concrete_fields]  # noqa: SLF001
    return ", ".join(map(connection.ops.quote_name, names))


def claim_ids(statements: Iterable[type_of_row], awaited: Iterable[str]) -> set[str]:
    """Take ids (id, seq, client, digest) and note those referred to; the keys that were not there before.

    Waits for a writer at work on one of the same ids.
    """
    rows = sorted([*statements, *((key, None, None, None) for key in awaited)])
    insert = f"INSERT INTO {table(StatementId)} ({columns(StatementId)})"
    ending = "ON CONFLICT DO NOTHING RETURNING id"
    new: set[str] = set()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = "%s::uuid[], %s::bigint[], %s::bigint[], %s::bytea[]"
            sql = f"{insert} SELECT * FROM unnest({arrays}) {ending}"  # noqa: S608
            cursor.execute(sql, _turned(rows, 4))
            return {_hex(key) for (key,) in cursor.fetchall()}
        for start in range(0, len(rows), _PER_STATEMENT):
            part = rows[start : start + _PER_STATEMENT]
            values = [value for row in part for value in row]
            cursor.execute(f"{insert} VALUES {_placeholders(part)} {ending}", values)
            new.update(_hex(key) for (key,) in cursor.fetchall())
    return new


def known(keys: Iterable[str]) -> dict[str, Known]:
    sql = (
        "SELECT i.id, i.seq, i.client_id, i.digest, s.happened "  # noqa: S608
        f"FROM {table(StatementId)} i LEFT JOIN {table(Statement)} s ON s.seq = i.seq WHERE i.id IN"
    )
    return {_hex(key): Known(*rest) for key, *rest in _selected(sql, keys)}


def texts(keys: Iterable[str]) -> Iterator[tuple[str, int, str, bytes]]:
    """Of those that are stored: key, client, key of the authority, text."""
    sql = (
        "SELECT i.id, s.client_id, a.key, s.json "  # noqa: S608
        f"FROM {table(StatementId)} i JOIN {table(Statement)} s ON s.seq = i.seq "
        f"JOIN {table(Authority)} a ON a.id = s.authority_id WHERE i.id IN"
    )
    for key, client, authority, text in _selected(sql, keys):
        yield _hex(key), client, _hex(authority), bytes(text)


def referrers(targets: Iterable[str]) -> Iterator[tuple[str, int, int, str]]:
    """Key, number and client of each Statement that refers to one of ``targets``, and to which."""
    sql = (
        "SELECT s.uuid, s.seq, s.client_id, r.target "  # noqa: S608
        f"FROM {table(Reference)} r JOIN {table(Statement)} s ON s.seq = r.seq WHERE r.target IN"
    )
    for key, seq, client, target in _selected(sql, targets):
        yield _hex(key), seq, client, _hex(target)


def attachments_of(seqs: Iterable[int]) -> Iterator[tuple[str, int, str, str]]:
    """sha2, size, file and media type of the data that these Statements name."""
    sql = (
        "SELECT a.sha2, a.size, a.file, a.media_type "  # noqa: S608
        f"FROM {table(StatementAttachment)} l JOIN {table(Attachment)} a "
        "ON a.client_id = l.client_id AND a.sha2 = l.sha2 WHERE l.seq IN"
    )
    yield from _selected(sql, seqs)


def holding(text: bytes, client: int, *, after: int, count: int) -> list[int]:
    """The first numbers above ``after`` of Statements that hold these bytes: reads all of the client's."""
    found = "position(%s IN json)" if connection.vendor == "postgresql" else "instr(json, %s)"
    sql = (
        f"SELECT seq FROM {table(Statement)} WHERE client_id = %s AND seq > %s AND {found} > 0 "  # noqa: S608
        "ORDER BY seq LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [client, after, text, count])
        return [number for (number,) in cursor.fetchall()]


def _selected(sql: str, keys: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """``sql`` ends in IN."""
    wanted = sorted(keys)
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _PER_STATEMENT):
            part = wanted[start : start + _PER_STATEMENT]
            cursor.execute(f"{sql} ({', '.join(['%s'] * len(part))})", part)
            yield from cursor.fetchall()


def insert_whole(one: type_of_row, relations: Sequence[type_of_row], told: Sequence[type_of_row]) -> bool:
    """One Statement with all its rows in one round trip of PostgreSQL; False where its id is known already.

    ``one``: client, id, digest, authority, flags, happened or None, JSON. ``relations``: key, plain, roles.
    ``told``: key, variant, identifier, content.
    """
    found = [_array(column) for column in _turned(relations, 3)]
    with connection.cursor() as cursor:
        cursor.execute(_STORE, [*one, *found, *_turned(told, 4)])
        return bool(cursor.fetchall()[0][0])


def _array(values: Sequence[Any]) -> str:
    """Keys, numbers or booleans as PostgreSQL writes an array: they need no quotes, and the driver takes longer."""
    return "{" + ",".join(map(str, values)) + "}"


def _turned(rows: Sequence[type_of_row], width: int) -> list[list[Any]]:
    """Columns of rows."""
    return [[row[index] for row in rows] for index in range(width)]


def insert_statements(rows: Sequence[type_of_row]) -> None:
    """In the order of Statement's fields."""
    _insert(Statement, rows)


def insert_relations(rows: Sequence[type_of_row]) -> None:
    _insert(Relation, rows)


def insert_references(rows: Sequence[type_of_row]) -> None:
    _insert(Reference, rows)


def insert_descriptions(rows: Sequence[type_of_row]) -> None:
    """As one JSON value on PostgreSQL: the driver reads each new text of SQL anew, and arrays take it longer."""
    if connection.vendor == "sqlite":
        _add(Description, rows)
        return
    into = f"INSERT INTO {table(Description)} ({columns(Description)})"
    read = "(r->>0)::uuid, (r->>1)::bigint, (r->>2)::uuid, (r->>3)::bigint, r->>4, r->>5"
    sql = f"{into} SELECT {read} FROM json_array_elements(%s::json) r ON CONFLICT DO NOTHING"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [orjson.dumps(sorted(rows)).decode()])


def insert_attachments(rows: Sequence[type_of_row], links: Sequence[type_of_row]) -> None:
    _add(Attachment, rows)
    _insert(StatementAttachment, links)


def delete_relations(rows: Iterable[type_of_row]) -> None:
    """In the order of Relation's fields; ``roles`` do not count."""
    _delete(Relation, ("client_id", "key", "plain", "seq", "hop"), sorted({row[:5] for row in rows}))


def delete_references(rows: Iterable[type_of_row]) -> None:
    """Each target and number."""
    _delete(Reference, ("target", "seq"), sorted(rows))


_TYPES = {
    "client_id": "bigint",
    "key": "uuid",
    "plain": "boolean",
    "seq": "bigint",
    "hop": "smallint",
    "target": "uuid",
}


def _delete(model: type[models.Model], names: Sequence[str], rows: Sequence[type_of_row]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            arrays = ", ".join(f"%s::{_TYPES[name]}[]" for name in names)
            same = " AND ".join(f"t.{name} = k.{name}" for name in names)
            sql = f"DELETE FROM {table(model)} t USING unnest({arrays}) AS k ({', '.join(names)}) WHERE {same}"  # noqa: S608
            cursor.execute(sql, _turned(rows, len(names)))
        else:
            same = " AND ".join(f"{name} = %s" for name in names)
            cursor.executemany(f"DELETE FROM {table(model)} WHERE {same}", rows)  # noqa: S608


def _add(model: type[models.Model], rows: Sequence[type_of_row]) -> None:
    """Rows that are there already stay. Sorted, so that no two writers wait for each other."""
    with connection.cursor() as cursor:
        for start in range(0, len(rows), _PER_STATEMENT):
            part = sorted(rows[start : start + _PER_STATEMENT])
            cursor.execute(
                f"INSERT INTO {table(model)} ({columns(model)}) VALUES {_placeholders(part)} "  # noqa: S608
                "ON CONFLICT DO NOTHING",
                [value for row in part for value in row],
            )


def _insert(model: type[models.Model], rows: Sequence[type_of_row]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            marks = _placeholders(rows[:1])
            cursor.executemany(f"INSERT INTO {table(model)} ({columns(model)}) VALUES {marks}", rows)  # noqa: S608
        elif len(rows) >= _WORTH_COPYING:
            target = f"COPY {table(model)} ({columns(model)}) FROM STDIN"
            with connection.wrap_database_errors, cursor.copy(target) as copy:  # Django wraps what it executes alone
                for row in rows:
                    copy.write_row(row)
        else:
            cursor.execute(
                f"INSERT INTO {table(model)} ({columns(model)}) VALUES {_placeholders(rows)}",  # noqa: S608
                [value for row in rows for value in row],
            )


def _placeholders(rows: Sequence[type_of_row]) -> str:
    return ", ".join(["(" + ", ".join(["%s"] * len(row)) + ")" for row in rows])


def _hex(key: Any) -> str:
    return key if isinstance(key, str) else str(key.hex)
