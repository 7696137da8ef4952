"""Partitions by month: made in time, removed as a whole, and nothing is lost on the way."""

import io

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor

from clients.audit import Origin
from clients.models import AuditEntry
from lms_oauth import health
from lrs import partitions, retention, verification
from lrs.models import Bits, Reference, Relation, Statement, StatementId
from lrs.partitions import PAST, drop, ended, extend, overflowing
from lrs.query import find, find_one, whole_range
from lrs.retention import purge_all
from lrs.statement import keys
from lrs.statement.parameters import ListQuery, Wanted
from lrs.verification import verify
from tests.lrs.statement.samples import statement
from tests.lrs.stored import Writer, in_parallel, new_id, prepared, some
from tests.lrs.whole_store import connected, everything

pytestmark = pytest.mark.django_db
BY = Origin.command("test")
HOUR = 3600 * 1_000_000


def shift(numbers, by):
    """As if these Statements had been stored at another time."""
    for model in (Statement, StatementId, Relation, Reference):
        for one in model.objects.filter(seq__in=numbers).values_list("seq", flat=True).distinct():
            with connection.cursor() as cursor:
                cursor.execute(f"UPDATE {model._meta.db_table} SET seq = seq + %s WHERE seq = %s", [by, one])


def part_of(seq):
    with connection.cursor() as cursor:
        cursor.execute("SELECT tableoid::regclass::text FROM lrs_statement WHERE seq = %s", [seq])
        return cursor.fetchone()[0]


def finding():
    [found] = [one for one in health.examine(essential=False) if one.name == "lrs_partitions"]
    return str(found.advice)


def two_months(values, first_part):
    """Those of ``first_part`` stored in the first month, the others in the second."""
    extend()
    writer = Writer()
    for value in values:
        writer.write(prepared(value))
    young = list(Statement.objects.order_by("seq").values_list("seq", flat=True))[first_part:]
    [past, second, *_] = partitions.partitions()
    shift(young, past.high + HOUR - young[0])
    return writer, second


@pytest.mark.skipif("connection.vendor == 'postgresql'", reason="of SQLite")
def test_one_table_is_enough_for_sqlite():
    out = io.StringIO()
    call_command("lrs_partitions", stdout=out)
    assert "not PostgreSQL" in out.getvalue()
    assert (extend(), ended(2**60), overflowing(), finding()) == ([], [], [], "")


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)  # so that no earlier statement's locks are held
def test_reading_by_id_touches_one_partition():
    name = new_id()
    writer, _second = two_months([statement(), statement(id=name)], 1)
    for _ in range(10):  # a plan that is kept would show from the sixth time on
        with transaction.atomic():
            row = find_one(name, writer.client, voided=False).row
            locked = locked_tables()
    assert row is not None
    assert {table for table in locked if table.startswith("lrs_statement_2")} == {part_of(row.seq)}


def locked_tables():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_locks l JOIN pg_class c ON c.oid = l.relation "
            "WHERE l.pid = pg_backend_pid() AND c.relkind = 'r'"
        )
        return {name for (name,) in cursor.fetchall()}


@pytest.mark.postgresql
def test_the_months_to_come_are_made_once():
    made = extend()
    out = io.StringIO()
    call_command("lrs_partitions", stdout=out)
    assert "(new)" not in out.getvalue()
    call_command("lrs_partitions", ahead=5, stdout=out)
    assert out.getvalue().count("(new)") == 2
    found = partitions.partitions()
    assert [one.low for one in found] == [None, *(one.high for one in found[:-1])]
    assert [one.name for one in found[1:]][: len(made)] == made
    assert len(made) >= 2
    assert finding() == ""


@pytest.mark.postgresql
def test_who_made_none_is_warned_and_loses_nothing(monkeypatch):
    extend()
    last = partitions.partitions()[-1].high
    monkeypatch.setattr(partitions, "_now", lambda: last - HOUR)
    assert "Next month" in finding()
    writer = Writer()
    writer.write(some(3))
    numbers = list(Statement.objects.values_list("seq", flat=True))
    shift(numbers, last + HOUR - numbers[0])
    late = list(Statement.objects.order_by("seq").values_list("seq", flat=True))
    monkeypatch.setattr(partitions, "_now", lambda: last + 2 * HOUR)
    assert overflowing() == ["lrs_statement_rest", "lrs_relation_rest"]
    assert "lrs_statement_rest, lrs_relation_rest" in finding()
    before = everything()
    adopted, *others = extend()
    assert {part_of(seq) for seq in late} == {f"lrs_statement_{adopted}"}
    assert len(others) >= 2
    assert (everything(), overflowing(), finding()) == (before, [], "")


@pytest.mark.postgresql
@pytest.mark.parametrize("seed", range(8))
def test_a_partition_goes_as_if_its_statements_had_gone_one_by_one(seed, monkeypatch):
    part = 2 + seed
    _writer, second = two_months(connected(12, seed), part)
    monkeypatch.setattr(verification, "clock", lambda: type("Late", (), {"horizon": lambda: second.high}))
    with transaction.atomic():
        client = Statement.objects.first().client
        assert list(retention.purge(client, second.low, by=BY)) == [part]
        one_by_one = everything()
        transaction.set_rollback(True)
    monkeypatch.setattr(retention, "BATCH", 3)
    batches = purge_all(second.low, by=BY)
    next(batches)
    assert {one.what for step in verify() for one in step.wrong} <= {"relation to nothing"}
    batches.close()
    assert sum(purge_all(second.low, by=BY)) == part - min(part, 3)
    assert everything() == one_by_one
    assert [one for step in verify() for one in step.wrong] == []
    assert (partitions.partitions()[0], ended(second.low)) == ((PAST, None, second.low), [])
    facts = [one.facts["statements"] for one in AuditEntry.objects.filter(action="statements_purged").order_by("pk")]
    assert facts == [part, part - 3] if part > 3 else [part]


@pytest.mark.postgresql
def test_months_that_are_over_leave_one_empty_past():
    writer, second = two_months([statement() for _ in range(4)], 2)
    drop(second)
    assert partitions.partitions()[1] == second  # not while it holds statements
    assert list(purge_all(second.high, by=BY)) == [2, 2]
    assert partitions.partitions()[0] == (PAST, None, second.high)
    assert not any(model.objects.exists() for model in (Statement, StatementId, Relation))
    writer.write(some(1))
    [left] = Statement.objects.values_list("seq", flat=True)
    assert part_of(left) == "lrs_statement_past"


@pytest.mark.parametrize("ascending", [True, False])
def test_a_list_reads_on_where_the_index_names_nothing(ascending):
    writer = Writer()
    for _ in range(3):
        writer.write(some(4))
    numbers = sorted(Statement.objects.values_list("seq", flat=True))
    kept = [numbers[0], numbers[6], numbers[11]]
    Statement.objects.exclude(seq__in=kept).delete()
    wanted = (Wanted(keys.of_verb(statement()["verb"]["id"])),)
    query = ListQuery(wanted=wanted, ascending=ascending)
    for count in (1, 2, 3, 50):
        found = find(query, whole_range(query, 2**62), writer.client, count=count)
        assert [row.seq for row in found] == sorted(kept, reverse=not ascending)[:count]


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_what_is_stored_becomes_the_first_partition():
    def migrate(name):
        MigrationExecutor(connection).migrate([("lrs", name)])

    writer = Writer()
    try:
        migrate("0030_store_one")
        for value in connected(12, 1):
            writer.write(prepared(value))
        before = everything()
        migrate("0031_partitions")
        numbers = Statement.objects.values_list("seq", flat=True)
        assert everything() == before
        assert {part_of(seq) for seq in numbers} == {"lrs_statement_past"}
        writer.write(some(30))
        migrate("0030_store_one")
        assert Statement.objects.count() == 42
    finally:
        call_command("migrate", verbosity=0)


@pytest.mark.django_db(transaction=True)
@pytest.mark.postgresql
def test_writers_and_readers_go_on_while_partitions_change():
    writer = Writer()
    query = ListQuery()

    def write():
        for _ in range(20):
            writer.write(some(5))

    def read():
        for _ in range(40):
            find(query, whole_range(query, 2**62), writer.client, count=10)

    def change():
        extend(6)

    assert in_parallel(write, write, read, change) == [None] * 4
    assert Statement.objects.count() == 200
    assert not Statement.objects.filter(flags=Bits.VOIDED).exists()
    assert (overflowing(), len(partitions.partitions()) >= 6) == ([], True)
    for one in partitions.partitions()[1:]:
        with connection.cursor() as cursor:
            for table in ("lrs_statement", "lrs_relation"):
                cursor.execute(f"DROP TABLE {table}_{one.name}")
