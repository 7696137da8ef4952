"""Statements from and to files by command."""

import gzip
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from clients.models import AuditEntry
from lrs import import_files
from lrs.models import Statement
from tests.lrs.statement.samples import ATTACHMENT, statement
from tests.lrs.stored import new_id

pytestmark = pytest.mark.django_db
REAL = (Path(__file__).parents[1] / "data" / "statements.jsonl").read_bytes()


@pytest.fixture
def load(own, tmp_path):
    def run(content, name="file", **options):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        out = io.StringIO()
        try:
            call_command(
                "import_statements", str(path), client=own.credentials.client_id, stdout=out, stderr=out, **options
            )
        except CommandError as error:
            out.write(f"CommandError: {error}")
        return out.getvalue()

    return run


def exported(**options):
    out = io.StringIO()
    call_command("export_statements", stdout=out, **options)
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_real_statements_come_in_and_out_and_are_known_the_next_time(own, load):
    sent = [json.loads(line) for line in REAL.splitlines()]
    assert f"{len(sent)} stored, 0 known already, 0 refused" in load(REAL)
    assert f"0 stored, {len(sent)} known already, 0 refused" in load(gzip.compress(REAL))
    back = exported(client=own.credentials.client_id)
    own_members = [{key: one[key] for key in first if key in one} for one, first in zip(back, sent, strict=True)]
    owned = ("stored", "authority", "version")
    for first, one in zip(sent, own_members, strict=True):
        assert {k: v for k, v in first.items() if k not in owned} == {k: v for k, v in one.items() if k not in owned}
    [entry] = AuditEntry.objects.filter(action="statements_imported").order_by("pk")[:1]
    assert entry.object_id == str(own.pk)


@pytest.mark.parametrize(
    "content",
    [
        json.dumps([statement(), statement(result={})]),
        json.dumps([statement(), statement(result={})], indent=2),
        f"\n{json.dumps(statement())}\n\n{json.dumps(statement(result={}))}",
    ],
)
def test_forms_of_a_file_and_no_ids(load, content):
    assert "2 stored, 0 known already" in load(content)
    assert "0 stored, 2 known already" in load(content)
    assert Statement.objects.count() == 2


def test_one_statement_over_several_lines(load):
    assert "1 stored" in load(json.dumps(statement(), indent=1))


def test_every_refused_line_is_named_and_the_others_are_stored(own, other, load):
    taken, twice = new_id(), new_id()
    other.post(statement(id=taken))
    lines = [
        json.dumps(statement()),
        "{",
        "[]",
        json.dumps(statement(verb={"id": "x"})),
        json.dumps(statement(id=taken)),
        json.dumps(statement(attachments=[{key: value for key, value in ATTACHMENT.items() if key != "fileUrl"}])),
        json.dumps(statement(id=twice)),
        json.dumps(statement(id=twice)),
        json.dumps(statement(id=twice, result={})),
    ]
    told = load("\n".join(lines))
    assert "2 stored, 1 known already, 6 refused" in told
    for number, reason in ((2, "JSON"), (3, "object"), (4, "verb.id"), (5, taken), (6, "part"), (9, twice)):
        [line] = [one for one in told.splitlines() if one.startswith(f"line {number}:")]
        assert reason in line
    assert "CommandError: Some Statements were refused" in told
    assert len(own.ids()) == 2


def test_standard_input_and_versions(own, load, monkeypatch):
    text = json.dumps(
        statement(context={"contextAgents": [{"objectType": "contextAgent", "agent": {"mbox": "mailto:a@b.c"}}]})
    )
    assert "unknown property" in load(text)
    assert "1 stored" in load(text, xapi_version="2.0.0")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BufferedReader(io.BytesIO(text.encode()))))
    out = io.StringIO()
    call_command(
        "import_statements", "-", client=own.credentials.client_id, xapi_version="2.0.0", stdout=out, stderr=out
    )
    assert "1 known" in out.getvalue()


def test_bombs_and_broken_files_end_in_a_sentence(load, monkeypatch, settings):
    bomb = gzip.compress(b"\n".join([json.dumps(statement()).encode()] * 100))
    assert "CommandError" in load(bomb[:-9])
    assert "CommandError" in load(bomb[:10] + b"\xff" + bomb[11:])
    monkeypatch.setattr(import_files, "MOST_EXPANDED_BYTES", 500)
    assert "expands to more than 500 bytes" in load(bomb)
    settings.LRS_MAX_BODY_BYTES = 10
    assert "JSON Lines" in load(json.dumps([statement()]))


def test_what_is_exported_can_be_limited(own, other):
    [mine] = own.post(statement()).json()
    [theirs] = other.post(statement()).json()
    assert [one["id"] for one in exported()] == [mine, theirs]
    first, second = (one["stored"] for one in exported())
    assert [one["id"] for one in exported(since=first)] == [theirs]
    assert [one["id"] for one in exported(until=first)] == [mine]
    assert exported(since=second) == []
    with pytest.raises(CommandError, match="not a timestamp"):
        exported(since="yesterday")
    with pytest.raises(CommandError, match="No client"):
        exported(client="nobody")
