"""One transaction for a request; the database decides races."""

import json
import random
import time

import pytest
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from lms_oauth.errors import Busy
from lrs import rows, store
from lrs.models import Description, Flag, Reference, Relation, Statement, StatementId
from lrs.refusals import StatementConflict, VoidingRefused
from lrs.statement.voiding import VOIDED
from tests.lrs.statement.samples import statement
from tests.lrs.stored import Writer, in_parallel, new_id, prepared, some

pytestmark = pytest.mark.django_db


def voiding(target, **members):
    return statement(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": target}, **members)


def flags_of(statement_id):
    return Statement.objects.get(uuid=statement_id).flags


def counts():
    return tuple(model.objects.count() for model in (StatementId, Statement, Relation, Reference))


@pytest.fixture
def writer():
    return Writer()


@pytest.mark.parametrize("count", [1, 3, 250])
def test_stores_a_batch_in_its_order(writer, count):
    batch = some(count)
    writer.write(batch)
    stored = Statement.objects.order_by("seq")
    assert [str(one.uuid) for one in stored] == [one.id for one in batch]
    assert [bytes(one.json) for one in stored] == [one.json for one in batch]
    first = stored[0]
    assert [one.seq - first.seq for one in stored] == list(range(count))
    assert first.happened == first.seq
    assert first.flags == Flag.TIMESTAMP_ASSIGNED | Flag.VERSION_ASSIGNED
    assert Relation.objects.count() == 4 * count


def test_nothing_to_store(writer, django_assert_num_queries):
    with django_assert_num_queries(0):
        writer.write([])


def test_a_replay_changes_nothing(writer):
    batch = some(30)
    writer.write(batch)
    before = counts()
    writer.write(batch)
    writer.write([*some(1), *batch])
    assert counts() == (before[0] + 1, before[1] + 1, before[2] + 4, 0)


@pytest.mark.parametrize(
    ("first", "second", "fits"),
    [
        ({}, {}, True),
        ({"timestamp": "2020-01-01T00:00:00Z"}, {}, True),
        ({"timestamp": "2020-01-01T00:00:00Z"}, {"timestamp": "2020-01-01T01:00:00+01:00"}, True),
        ({"timestamp": "2020-01-01T00:00:00Z"}, {"timestamp": "2020-01-01T00:00:00.0009Z"}, True),
        ({"timestamp": "2020-01-01T00:00:00Z"}, {"timestamp": "2020-01-01T00:00:00.001Z"}, False),
        ({}, {"timestamp": "2020-01-01T00:00:00Z"}, False),
        ({}, {"result": {"success": True}}, False),
        ({"timestamp": "1970-01-01T00:00:00Z"}, {"timestamp": "1970-01-01T00:00:00Z"}, True),
    ],
)
def test_the_same_id_again(writer, first, second, fits):
    name = new_id()
    writer.write(prepared(statement(id=name, **first)))
    before = counts()
    again = prepared(statement(id=name.upper(), **second))
    if fits:
        writer.write(again)
    else:
        with pytest.raises(StatementConflict, match=name):
            writer.write([*some(2), *again])
    assert counts() == before


def test_another_client_takes_no_id_even_with_an_equal_statement(writer):
    batch = some(1)
    writer.write(batch)
    with pytest.raises(StatementConflict):
        Writer().write(batch)


class TestVoiding:
    def test_target_that_is_here(self, writer):
        [target] = some(1)
        writer.write([target])
        writer.write(prepared(voiding(target.id)))
        assert flags_of(target.id) & Flag.VOIDED

    def test_target_that_arrives_later(self, writer):
        [target] = some(1)
        writer.write(prepared(voiding(target.id)))
        assert StatementId.objects.get(id=target.id).seq is None
        writer.write([target])
        assert flags_of(target.id) & Flag.VOIDED
        assert StatementId.objects.get(id=target.id).seq is not None

    @pytest.mark.parametrize("order", [1, -1])
    def test_target_in_the_same_batch(self, writer, order):
        target = new_id()
        writer.write(prepared(*[statement(id=target), voiding(target)][::order]))
        assert flags_of(target) & Flag.VOIDED

    def test_a_voiding_statement_is_not_voided(self, writer):
        target, first = new_id(), new_id()
        writer.write(prepared(statement(id=target), voiding(target, id=first)))
        writer.write(prepared(voiding(first)))
        assert not flags_of(first) & Flag.VOIDED

    def test_a_voiding_statement_that_arrives_later_is_not_voided(self, writer):
        first = new_id()
        writer.write(prepared(voiding(first)))
        writer.write(prepared(voiding(new_id(), id=first)))
        assert not flags_of(first) & Flag.VOIDED

    def test_itself(self, writer):
        name = new_id()
        writer.write(prepared(voiding(name, id=name)))
        assert not flags_of(name) & Flag.VOIDED

    def test_a_foreign_statement_is_refused_with_the_whole_batch(self, writer):
        [target] = some(1)
        Writer().write([target])
        before = counts()
        with pytest.raises(VoidingRefused, match=target.id):
            writer.write([*some(1), *prepared(voiding(target.id))])
        assert counts() == before
        assert not flags_of(target.id) & Flag.VOIDED

    def test_a_foreign_voiding_does_not_wait_for_ours(self, writer):
        [target] = some(1)
        Writer().write(prepared(voiding(target.id)))
        writer.write([target])
        assert not flags_of(target.id) & Flag.VOIDED

    def test_a_reference_voids_nothing(self, writer):
        [target] = some(1)
        writer.write(prepared(statement(object={"objectType": "StatementRef", "id": target.id})))
        writer.write([target])
        assert not flags_of(target.id) & Flag.VOIDED


def test_a_lost_race_is_tried_again(writer, monkeypatch):
    class Deadlock(Exception):
        sqlstate = "40P01"

    calls = []

    def fail_twice(batch):
        calls.append(batch)
        if len(calls) < 3:
            raise OperationalError("deadlock") from Deadlock()

    monkeypatch.setattr(rows, "insert_relations", fail_twice)
    writer.write(some(2))
    assert len(calls) == 3
    assert Statement.objects.count() == 2


def test_a_race_lost_again_and_again_is_busy(writer, monkeypatch):
    class Deadlock(Exception):
        sqlstate = "40P01"

    def fail(batch):
        raise OperationalError("deadlock") from Deadlock()

    monkeypatch.setattr(rows, "insert_relations", fail)
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    with pytest.raises(Busy):
        writer.write(some(2))
    assert counts() == (0, 0, 0, 0)


def test_any_other_failure_is_not_hidden(writer, monkeypatch):
    def fail(batch):
        raise OperationalError("disk full")

    monkeypatch.setattr(rows, "insert_relations", fail)
    with pytest.raises(OperationalError, match="disk full"):
        writer.write(some(2))


class TestOneStatement:
    def test_takes_one_round_trip_to_postgresql(self, writer):
        with CaptureQueriesContext(connection) as captured:
            writer.write(some(1))
        assert len(captured) == 1 or connection.vendor == "sqlite"
        assert counts() == (1, 1, 4, 0)

    def test_a_known_id_takes_the_ordinary_way(self, writer):
        batch = some(1)
        writer.write(batch)
        before = counts()
        writer.write(batch)
        assert counts() == before

    def test_what_it_tells_is_kept(self, writer):
        writer.write(prepared(statement(actor={"mbox": "mailto:a@example.org", "name": "Ann"})))
        told = Description.objects.get()
        assert (told.content, told.seq) == ('{"name":"Ann"}', Statement.objects.get().seq)


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    def test_the_same_statement_is_one_row(self):
        writer, batch = Writer(), some(5)
        assert in_parallel(*[lambda: writer.write(batch)] * 4) == [None] * 4
        assert Statement.objects.count() == 5

    def test_two_different_statements_with_one_id(self):
        writer, name = Writer(), new_id()
        rivals = [prepared(statement(id=name, result={"response": str(n)})) for n in range(4)]
        results = in_parallel(*(lambda rival=rival: writer.write(rival) for rival in rivals))
        assert sorted(type(one).__name__ for one in results) == ["NoneType"] + ["StatementConflict"] * 3
        [stored] = Statement.objects.all()
        assert bytes(stored.json) == rivals[results.index(None)][0].json

    def test_two_clients_with_one_id(self):
        batch, writers = some(1), [Writer(), Writer()]
        results = in_parallel(*(lambda w=w: w.write(batch) for w in writers))
        assert sorted(type(one).__name__ for one in results) == ["NoneType", "StatementConflict"]
        assert Statement.objects.get().client_id == writers[results.index(None)].client

    @pytest.mark.parametrize("awaited", [False, True])
    def test_voiding_meets_its_target(self, awaited):
        writer = Writer()
        for _ in range(8):
            [target] = some(1)
            if awaited:
                writer.write(prepared(statement(object={"objectType": "StatementRef", "id": target.id})))
            results = in_parallel(
                lambda t=target: writer.write([t]), lambda t=target: writer.write(prepared(voiding(t.id)))
            )
            assert results == [None, None]
            assert flags_of(target.id) & Flag.VOIDED

    def test_overlapping_batches_in_any_order(self):
        writer, statements = Writer(), some(40)

        def write():
            for _ in range(5):
                writer.write(random.sample(statements, 30))

        assert in_parallel(*[write] * 4) == [None] * 4
        assert Statement.objects.count() == len(set(Statement.objects.values_list("uuid", flat=True))) <= 40


def test_no_table_of_hot_rows_has_a_foreign_key():
    with connection.cursor() as cursor:
        for model in (StatementId, Statement, Relation, Reference):
            found = connection.introspection.get_constraints(cursor, model._meta.db_table)
            assert not [name for name, one in found.items() if one["foreign_key"]]


def test_text_of_a_row_is_the_text_received(writer):
    value = statement(id=new_id(), result={"score": {"raw": 1.5}})
    writer.write(prepared(value))
    assert json.loads(bytes(Statement.objects.get().json)) == value
    assert store.write([], client=0, authority=0) == 0


@pytest.mark.parametrize("count", [2, 40], ids=["INSERT", "COPY"])
def test_rows_that_do_not_fit_fail_as_django_says_it(writer, count):
    """So that a database that ends, or a lost race, is told by 503 and tried again, whatever sent the rows."""
    writer.write(some(1))
    stored = Statement.objects.get()
    row = [
        field.get_db_prep_save(getattr(stored, field.attname), connection) for field in Statement._meta.concrete_fields
    ]
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.insert_statements([row] * count)
