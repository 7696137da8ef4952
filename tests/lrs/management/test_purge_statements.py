"""Retention: what is old goes with all that hangs on it, and nothing else."""

import io
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clients.audit import Origin
from clients.models import AuditEntry
from lrs import attachments, descriptions, removal, retention, store
from lrs.models import Attachment, Reference, Relation, Statement, StatementAttachment, StatementId
from lrs.refusals import StatementConflict
from lrs.retention import purge
from lrs.statement.voiding import VOIDED
from lrs.verification import verify
from tests.lrs.parts import MULTIPART, attachment, body, part
from tests.lrs.statement.samples import statement
from tests.lrs.stored import Writer, in_parallel, new_id, prepared, some
from tests.lrs.whole_store import connected, everything, forget_everything

pytestmark = pytest.mark.django_db
BY = Origin.command("test")
END = 2**52


def run(**options):
    out = io.StringIO()
    call_command("purge_statements", stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def in_years(monkeypatch, years=4):
    later = timezone.now() + timedelta(days=365 * years)
    monkeypatch.setattr(timezone, "now", lambda: later)


def number_of(statement_id):
    return Statement.objects.get(uuid=statement_id).seq


def send(caller, data, **members):
    value = statement(attachments=[attachment(data)], **members)
    [name] = caller.post(body([value], part(data)), content_type=MULTIPART).json()
    return name


def files():
    return list(Attachment.objects.values_list("file", flat=True))


@pytest.mark.parametrize("seed", range(25))
def test_the_rest_is_as_if_what_went_had_never_come(seed):
    writer = Writer()
    client = Statement._meta.get_field("client").related_model.objects.get(pk=writer.client)
    values = connected(12, seed)
    for value in values:
        writer.write(prepared(value))
    middle = 1 + seed % 11
    assert list(purge(client, number_of(values[middle]["id"]), by=BY)) == [middle]
    assert [one for step in verify() for one in step.wrong] == []
    left = everything(flags=False)
    forget_everything()
    descriptions._written_at.clear()
    again = Writer.__new__(Writer)
    again.client, again.authority = writer.client, Writer().authority
    for value in values[middle:]:
        again.write(prepared(value))
    assert left == everything(flags=False)


def test_nothing_is_left_of_a_client_without_statements(monkeypatch):
    writer = Writer()
    for value in connected(12, 1):
        writer.write(prepared(value))
    in_years(monkeypatch)
    assert "12 Statements" in run(older_than=timedelta(days=365))
    assert not any(model.objects.exists() for model in (Statement, StatementId, Relation, Reference))
    [entry] = AuditEntry.objects.filter(action="statements_purged")
    assert (entry.object_id, entry.facts["statements"]) == (str(writer.client), 12)


def test_dry_run_and_one_client_only(own, other, monkeypatch):
    own.post([statement(), statement()])
    other.post(statement())
    assert "\n0 Statements" in "\n" + run(older_than=timedelta(days=1))
    in_years(monkeypatch)
    told = run(older_than=timedelta(days=1), dry_run=True)
    assert "3 Statements" in told
    assert f"{own.credentials.client_id} {own.credentials.client.name}: 2" in told
    assert Statement.objects.count() == 3
    assert not AuditEntry.objects.filter(action="statements_purged").exists()
    run(older_than=timedelta(days=1), client=own.credentials.client_id)
    assert (own.ids(), len(other.ids())) == ([], 1)


def test_the_setting_is_the_default(own, monkeypatch, settings):
    own.post(statement())
    in_years(monkeypatch, 2)
    with pytest.raises(CommandError, match="for ever"):
        run()
    assert retention.purge_by_setting() == ""
    settings.LRS_RETENTION_MONTHS = 36
    assert "\n0 Statements" in "\n" + run()
    settings.LRS_RETENTION_MONTHS = 6
    assert "1 Statements" in run()


def test_the_worker_does_a_bounded_piece(monkeypatch, settings):
    writers = [Writer(), Writer()]
    for writer in writers:
        writer.write(some(7))
    in_years(monkeypatch)
    settings.LRS_RETENTION_MONTHS = 36
    monkeypatch.setattr(retention, "BATCH", 2)
    monkeypatch.setattr(retention, "_MOST_BATCHES", 5)
    told = [retention.purge_by_setting() for _ in range(3)]
    assert told == ["Deleted 10 statements.", "Deleted 4 statements.", ""]
    facts = [
        entry.facts["statements"] for entry in AuditEntry.objects.filter(action="statements_purged").order_by("pk")
    ]
    assert facts == [7, 3, 4]


def test_killed_in_the_middle_and_repeated(monkeypatch):
    writer = Writer()
    client = Statement._meta.get_field("client").related_model.objects.get(pk=writer.client)
    for value in connected(12, 3):
        writer.write(prepared(value))
    monkeypatch.setattr(retention, "BATCH", 5)
    batches = purge(client, END, by=BY)
    next(batches)
    batches.close()
    before = everything()

    def die(gone, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(removal, "_release_ids", die)
        with pytest.raises(KeyboardInterrupt):
            list(purge(client, END, by=BY))
    assert everything() == before
    assert list(purge(client, END, by=BY)) == [5, 2]
    assert not Relation.objects.exists()


def test_data_goes_with_the_last_statement_that_names_it(own, django_capture_on_commit_callbacks):
    first, second = send(own, b"shared"), send(own, b"shared")
    send(own, b"other")
    [file] = Attachment.objects.filter(size=6).values_list("file", flat=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert removal.remove([Statement.objects.get(uuid=first)]) == 0
    assert attachments.storage().exists(file)
    with django_capture_on_commit_callbacks(execute=True):
        assert removal.remove([Statement.objects.get(uuid=second)]) == 1
    assert not attachments.storage().exists(file)
    assert (Attachment.objects.count(), StatementAttachment.objects.count()) == (1, 1)
    assert attachments.storage().exists(files()[0])


def test_data_removed_while_a_request_counts_on_it_is_asked_for_again(own, monkeypatch):
    name = send(own, b"data")
    written = store.write

    def late(*args, **kwargs):
        removal.remove([Statement.objects.get(uuid=name)])
        written(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(store, "write", late)
        value = statement(attachments=[attachment(b"data")])
        answer = own.post(body([value], part(b"data")), content_type=MULTIPART)
    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert Statement.objects.count() == 0
    assert own.post(body([value], part(b"data")), content_type=MULTIPART).status_code == 200


def test_a_voided_statement_stays_voided_without_its_voider():
    writer, target = Writer(), new_id()
    voider = statement(verb={"id": VOIDED})
    voider["object"] = {"objectType": "StatementRef", "id": target}
    writer.write(prepared(voider))
    writer.write(prepared(statement(id=target)))
    removal.remove([Statement.objects.order_by("seq")[0]])
    assert Statement.objects.get().flags & 1


def test_a_purged_id_may_come_again(own):
    name = new_id()
    own.post(statement(id=name))
    with pytest.raises(StatementConflict):
        Writer().write(prepared(statement(id=name)))
    removal.remove([Statement.objects.get()])
    assert own.post(statement(id=name)).status_code == 200


@pytest.mark.django_db(transaction=True)
def test_writers_that_refer_meet_removal():
    writer = Writer()
    client = Statement._meta.get_field("client").related_model.objects.get(pk=writer.client)
    targets = [new_id() for _ in range(40)]
    for target in targets:
        writer.write(prepared(statement(id=target)))

    def refer():
        for target in targets:
            writer.write(prepared(statement(object={"objectType": "StatementRef", "id": target})))

    def purge_all():
        last = number_of(targets[-1])
        for _ in range(8):
            list(purge(client, last + 1, by=BY, most=5))

    assert in_parallel(refer, refer, purge_all) == [None] * 3
    numbers = set(Statement.objects.values_list("seq", flat=True))
    assert Statement.objects.count() == 80
    assert set(Relation.objects.values_list("seq", flat=True)) == numbers
    assert set(StatementId.objects.filter(seq=None).values_list("id", flat=True)) == set(
        Reference.objects.values_list("target", flat=True)
    )
    assert not Relation.objects.exclude(hop=0).exists()
