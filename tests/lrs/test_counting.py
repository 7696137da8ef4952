"""Counts of stored Statements: each one once, in time and by what it says."""

from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from django.core.management import call_command

from lrs import counting, measuring
from lrs.clock import MICROSECONDS
from lrs.models import Attachment, ClientTotal, CountPosition, Document, HourCount, Kind, Statement, TopCount, Unit
from lrs.statement import keys
from tests.lrs.statement.samples import statement
from tests.lrs.stored import Writer, in_parallel, new_id, prepared, some, stored_seqs

DID = "http://example.org/verbs/did"
VOIDED = {"id": "http://adlnet.gov/expapi/verbs/voided"}


def activity(number):
    return {"id": f"http://example.org/activity/{number}"}


def tell(writer, *targets):
    writer.write(prepared(*(statement(id=new_id(), verb={"id": DID}, object=target) for target in targets)))


def uses(kind, unit=Unit.DAY):
    return dict(TopCount.objects.filter(kind=kind, unit=unit).values_list("iri", "statements"))


def moved(seq, *, days):
    """As if it had been stored some days later (or before)."""
    Statement.objects.filter(seq=seq).update(seq=seq + days * 86_400 * MICROSECONDS)


@pytest.mark.django_db
def test_each_statement_counts_once_however_often_it_is_run():
    writer, other = Writer(), Writer()
    writer.write(some(5))
    assert counting.advance(most=3) == 3
    assert CountPosition.objects.get().seq == stored_seqs()[2]
    other.write(some(2))
    assert [counting.advance(most=3) for _ in range(3)] == [3, 1, 0]
    counts = {}
    for client, _hour, statements in HourCount.objects.values_list("client", "hour", "statements"):
        counts[client] = counts.get(client, 0) + statements
    assert counts == {writer.client: 5, other.client: 2}
    assert counting.run() == ""
    writer.write(some(1))
    assert counting.run() == "1 statements counted"


@pytest.mark.django_db
def test_hours_and_totals_are_those_of_the_rows():
    writer = Writer()
    writer.write(some(3))
    counting.run()
    seqs = stored_seqs()
    hours = {seq // (3600 * MICROSECONDS) for seq in seqs}
    assert {*HourCount.objects.values_list("hour", flat=True)} == hours
    total = ClientTotal.objects.get(client=writer.client)
    size = sum(len(bytes(text)) for text in Statement.objects.values_list("json", flat=True))
    assert (total.statements, total.json_bytes, total.first, total.last) == (3, size, seqs[0], seqs[-1])
    writer.write(some(1))
    counting.run()
    total.refresh_from_db()
    assert (total.statements, total.first, total.last) == (4, seqs[0], stored_seqs()[-1])


@pytest.mark.django_db
def test_verbs_and_activities_count_where_they_stand_themselves():
    writer = Writer()
    first = new_id()
    tell(writer, activity(1), activity(1), activity(2), {"objectType": "Agent", "mbox": "mailto:a@example.org"})
    writer.write(prepared(statement(id=first, verb={"id": DID}, object=activity(2))))
    target = {"objectType": "StatementRef", "id": first}
    writer.write(prepared(statement(id=new_id(), verb=VOIDED, object=target)))
    counting.run()
    for unit in Unit:
        assert uses(Kind.VERB, unit) == {DID: 5, VOIDED["id"]: 1}
        assert uses(Kind.ACTIVITY, unit) == {activity(1)["id"]: 2, activity(2)["id"]: 2}
    assert {str(key.hex) for key in TopCount.objects.filter(kind=Kind.VERB).values_list("key", flat=True)} == {
        keys.of_verb(DID),
        keys.of_verb(VOIDED["id"]),
    }


@pytest.mark.parametrize(
    ("text", "day", "month"),
    [("1970-01-01T00:00:00", 0, 0), ("1971-02-28T23:59:59", 423, 13), ("2026-11-25T12:00:00", 20_782, 682)],
)
def test_days_and_months_are_those_of_utc(text, day, month):
    seq = int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()) * MICROSECONDS
    assert (counting.start_of(Unit.DAY, seq), counting.start_of(Unit.MONTH, seq)) == (day, month)


@pytest.mark.django_db
def test_of_a_day_that_is_over_the_most_frequent_stay_and_the_rest_is_one_row(monkeypatch):
    monkeypatch.setattr(counting, "KEPT", 2)
    writer = Writer()
    tell(writer, *(activity(number) for number in (1, 1, 1, 2, 2, 3, 4)))
    for seq in stored_seqs():
        moved(seq, days=-400)
    assert counting.advance(most=6) == 6  # the day is not over before the position has passed it
    assert uses(Kind.ACTIVITY) == {activity(number)["id"]: count for number, count in ((1, 3), (2, 2), (3, 1))}
    counting.run()
    for unit in Unit:
        assert uses(Kind.ACTIVITY, unit) == {activity(1)["id"]: 3, activity(2)["id"]: 2, "": 2}
        assert uses(Kind.VERB, unit) == {DID: 7}


@pytest.mark.django_db
def test_a_day_still_running_keeps_everything(monkeypatch):
    monkeypatch.setattr(counting, "KEPT", 1)
    tell(Writer(), *(activity(number) for number in range(3)))
    counting.run()
    assert len(uses(Kind.ACTIVITY)) == 3


@pytest.mark.django_db
def test_a_run_that_is_overtaken_while_it_reads_begins_again(monkeypatch):
    Writer().write(some(5))
    read, overtaken = counting._next, []

    def overtaken_once(*asked):
        found = read(*asked)
        if not overtaken:
            overtaken.append(True)
            assert counting.advance(most=2) == 2
        return found

    monkeypatch.setattr(counting, "_next", overtaken_once)
    assert [counting.advance(), counting.advance()] == [3, 0]
    assert ClientTotal.objects.get().statements == 5


@pytest.mark.django_db
def test_a_number_of_any_size_is_nothing_to_stumble_over():
    huge = {"extensions": {"http://example.org/x": 10**400}}
    Writer().write(prepared(statement(id=new_id(), result=huge), statement(id=new_id())))
    assert [counting.advance(), counting.advance()] == [2, 0]


@pytest.mark.django_db
def test_a_slice_ends_where_its_statements_become_many_bytes(monkeypatch):
    monkeypatch.setattr(counting, "_MOST_BYTES", 1)
    Writer().write(some(3))
    assert [counting.advance() for _ in range(4)] == [1, 1, 1, 0]


@pytest.mark.django_db
def test_a_run_that_breaks_off_has_counted_nothing(monkeypatch):
    Writer().write(some(3))

    def broken(*_args):
        raise RuntimeError

    with monkeypatch.context() as patched:
        patched.setattr(counting, "_fold", broken)
        with pytest.raises(RuntimeError):
            counting.advance()
    assert (HourCount.objects.count(), CountPosition.objects.get().seq) == (0, 0)
    assert counting.advance() == 3


@pytest.mark.django_db
def test_purged_statements_stay_counted_until_everything_is_counted_again():
    writer = Writer()
    writer.write(some(3))
    counting.run()
    Statement.objects.filter(pk=stored_seqs()[0]).delete()
    counting.run()
    assert ClientTotal.objects.get().statements == 3
    call_command("rebuild_lrs_activity", verbosity=0)
    assert ClientTotal.objects.get().statements == 2
    assert sum(HourCount.objects.values_list("statements", flat=True)) == 2


@pytest.mark.django_db(transaction=True)
def test_runs_at_the_same_time_and_writers_between_them_lose_and_double_nothing():
    writers = [Writer(), Writer()]

    def write(writer):
        for _ in range(10):
            writer.write(some(5))

    def count():
        for _ in range(15):
            counting.advance(most=4)

    results = in_parallel(*(lambda writer=writer: write(writer) for writer in writers), count, count)
    assert results == [None] * 4
    counting.run()
    assert {*ClientTotal.objects.values_list("client", "statements")} == {(writer.client, 50) for writer in writers}
    assert sum(HourCount.objects.values_list("statements", flat=True)) == 100
    assert sum(TopCount.objects.filter(unit=Unit.DAY, kind=Kind.VERB).values_list("statements", flat=True)) == 100


@pytest.mark.django_db
def test_beyond_the_horizon_nothing_is_counted(monkeypatch):
    Writer().write(some(3))
    first, *_later = stored_seqs()
    with monkeypatch.context() as patched:
        patched.setattr(counting, "clock", lambda: SimpleNamespace(horizon=lambda: first))
        assert [counting.advance(), counting.advance()] == [1, 0]
        assert CountPosition.objects.get().seq == first
    assert counting.advance() == 2


@pytest.mark.django_db
def test_storage_of_documents_and_attachments_is_measured():
    assert measuring.run() == ""
    assert CountPosition.objects.get().measured is not None
    one, other = (Writer().client for _ in range(2))
    for name, content in (("a", "ä".encode()), ("b", b"{}")):
        _document(one, name, content)
    Attachment.objects.create(client_id=other, sha2="a" * 64, size=7, file="x", media_type="text/plain")
    assert measuring.run() == "storage of 2 clients measured"
    fields = ("statements", "documents", "document_bytes", "attachments", "attachment_bytes")
    found = {client: rest for client, *rest in ClientTotal.objects.values_list("client", *fields)}
    assert found == {one: [0, 2, 4, 0, 0], other: [0, 0, 0, 1, 7]}
    Document.objects.all().delete()
    measuring.run()
    assert ClientTotal.objects.get(client=one).document_bytes == 0


def _document(client, name, content):
    none = "0" * 32
    Document.objects.create(
        kind=1,
        activity=none,
        agent=none,
        client_id=client,
        registration=none,
        name_key=keys.key("name", name),
        name=name,
        content=content,
        updated=1,
    )
