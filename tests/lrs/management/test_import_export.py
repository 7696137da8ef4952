"""Statements from and to files by command."""

import csv
import gzip
import io
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.management import CommandError, call_command

from clients.models import AuditEntry
from lrs import export, import_files
from lrs.models import Attachment, Statement
from tests.lrs.parts import MULTIPART, attachment, body, part, signature_part, signed, token
from tests.lrs.statement.samples import ATTACHMENT, statement
from tests.lrs.stored import new_id

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).parents[2] / "data" / "xapi"
FILES = {str(file.relative_to(SAMPLES)): file.read_bytes() for file in sorted(SAMPLES.rglob("*.jsonl"))}


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


@pytest.mark.parametrize("content", FILES.values(), ids=FILES)
def test_statements_of_others_come_in_and_out_and_are_known_the_next_time(own, load, content):
    sent = [json.loads(line) for line in content.splitlines()]
    assert f"{len(sent)} stored, 0 known already, 0 refused" in load(content)
    assert f"0 stored, {len(sent)} known already, 0 refused" in load(gzip.compress(content))
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
    assert "expands to more than 500 bytes" in load(gzip.compress(body([], b"x: y\r\n\r\n" + b"." * 500)))
    settings.LRS_MAX_BODY_BYTES = 10
    assert "JSON Lines" in load(json.dumps([statement()]))
    assert "JSON Lines" in load(json.dumps(statement()) + "\n" + " " * 81)


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


DATA, OTHER = b"some \r\n--data\0\xff", b"others"


class TestData:
    """multipart/mixed files bring attachments, and take them away."""

    def test_what_is_exported_is_imported_by_another_installation(self, own, load, tmp_path, empty_storage):
        own.post(statement(id=new_id()))
        own.post(body(statement(id=new_id(), attachments=[attachment(DATA)]), part(DATA)), content_type=MULTIPART)
        own.post(statement(id=new_id(), result={}))
        before, file = exported(), tmp_path / "all"
        call_command("export_statements", format="multipart", output=str(file))
        Statement.objects.all().delete()
        Attachment.objects.all().delete()
        for table in ("statementid", "relation", "statementattachment", "description"):
            apps.get_model("lrs", table).objects.all().delete()
        assert "3 stored, 0 known already, 0 refused" in load(gzip.compress(file.read_bytes()))
        assert "0 stored, 3 known already, 0 refused" in load(file.read_bytes())
        assert [one | {"stored": ""} for one in exported()] == [one | {"stored": ""} for one in before]
        answer = own.get(statementId=before[1]["id"], attachments="true")
        assert DATA in b"".join(answer.streaming_content)

    def test_bodies_stand_one_after_the_other(self, own, load):
        first = body(statement(attachments=[attachment(DATA)]), part(DATA))
        second = body([statement(attachments=[attachment(OTHER)]), statement()], part(OTHER))
        assert "3 stored" in load(first + second)
        assert "3 known" in load(first + b"\r\n\r\n" + second)
        assert set(Attachment.objects.values_list("size", flat=True)) == {len(DATA), len(OTHER)}

    def test_each_statement_answers_for_its_own_data(self, load, empty_storage):
        wrong = part(OTHER, X_Experience_API_Hash=attachment(b"third")["sha2"])
        told = load(
            body(
                [
                    statement(attachments=[attachment(DATA)]),
                    statement(attachments=[attachment(b"third")]),
                    statement(attachments=[attachment(b"missing")]),
                    statement(verb={"id": "x"}, attachments=[attachment(OTHER)]),
                    statement(),
                ],
                part(DATA),
                wrong,
                part(OTHER),
                part(b"nobody's"),
            )
        )
        assert "2 stored, 0 known already, 3 refused" in told
        for number, reason in ((2, "do not have the hash"), (3, "neither a fileUrl nor a part"), (4, "verb.id")):
            [line] = [one for one in told.splitlines() if one.startswith(f"line {number}:")]
            assert reason in line
        assert [one.size for one in Attachment.objects.all()] == [len(DATA)]

    def test_signatures_are_verified(self, load):
        value = statement(id=new_id())
        good, bad = token(value), token(statement(id=new_id(), result={}))
        assert "1 stored" in load(body(signed(value, good), signature_part(good)))
        assert "signature is not accepted" in load(body(signed(statement(id=new_id()), bad), signature_part(bad)))

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (body(statement())[:-10], "before the closing boundary"),
            (body(b"{"), "not valid JSON"),
            (body(statement()) + b"{}", "begins with no boundary"),
            (body(statement()).replace(b"application/json", b"text/plain"), "first part must be application/json"),
            (b"--\xe4\r\n\r\n", "no valid boundary"),
        ],
    )
    def test_a_broken_body_ends_the_import_in_a_sentence(self, load, content, reason):
        told = load(content)
        assert "CommandError" in told
        assert reason in told


class TestFilters:
    @pytest.mark.parametrize(
        ("options", "expected"),
        [
            ({"agent": "mbox=mailto:anna@example.org"}, "a"),
            ({"agent": "mbox=mailto:anna@example.org", "related_agents": True}, "ad"),
            ({"agent": "account=https://lms.example.org|4711"}, "b"),
            ({"verb": "https://example.org/saw"}, "c"),
            ({"activity": "https://example.org/unit"}, "b"),
            ({"activity": "https://example.org/unit", "related_activities": True}, "bc"),
            ({"registration": "9dc99b37-e920-4a68-a066-917faca28949"}, "d"),
            ({"verb": "https://example.org/saw", "activity": "https://example.org/unit"}, ""),
        ],
    )
    def test_one_each(self, own, options, expected):
        unit = {"id": "https://example.org/unit"}
        anna = {"mbox": "mailto:anna@example.org"}
        registration = "9dc99b37-e920-4a68-a066-917faca28949"
        for value in (
            statement(actor=anna),
            statement(actor={"account": {"homePage": "https://lms.example.org", "name": "4711"}}, object=unit),
            statement(verb={"id": "https://example.org/saw"}, context={"contextActivities": {"parent": unit}}),
            statement(context={"registration": registration, "instructor": anna}),
        ):
            own.post(value)
        every = [one["id"] for one in exported()]
        assert "".join("abcd"[every.index(one["id"])] for one in exported(**options)) == expected

    @pytest.mark.parametrize(
        ("options", "reason"),
        [
            ({"agent": "anna"}, "--agent"),
            ({"verb": "saw"}, "--verb: not an IRI"),
            ({"registration": "1"}, "--registration: not a UUID"),
            ({"path": ["verb.id"]}, "only with --format csv"),
            ({"path": ["a b"], "format": "csv"}, "--path: This is not a path"),
        ],
    )
    def test_what_is_wrong_is_named(self, db, options, reason):
        with pytest.raises(CommandError, match=reason):
            exported(**options)


class TestTables:
    def rows(self, **options):
        out = io.StringIO()
        call_command("export_statements", stdout=out, **options)
        return list(csv.reader(io.StringIO(out.getvalue())))

    def test_chosen_paths(self, own):
        own.post(statement(result={"response": "=1+1", "score": {"raw": 7}}))
        heads, row = self.rows(format="csv", path=["result.score.raw", "result.response", "result.duration"])
        assert heads == ["result.score.raw", "result.response", "result.duration"]
        assert row == ["7", "'=1+1", ""]

    def test_usual_columns(self, own):
        own.post(statement())
        heads, row = self.rows(format="csv")
        assert (heads[0], len(heads), len(row)) == ("Stored", 15, 15)

    def test_typed_columns_are_those_of_the_page(self, own):
        [name] = own.post(statement(result={"success": True, "score": {"scaled": 0.5}})).json()
        heads, row = self.rows(format="typed")
        told = dict(zip(heads, row, strict=True))
        assert (told["statement_id"], told["success"], told["score_scaled"]) == (name, "true", "0.5")
        assert len(heads) == 24


def test_bytes_go_past_the_text_layer(own):
    own.post(body(statement(attachments=[attachment(DATA)]), part(DATA)), content_type=MULTIPART)
    out = io.TextIOWrapper(io.BytesIO())
    call_command("export_statements", stdout=out, format="multipart")
    assert DATA in out.buffer.getvalue()


def test_bodies_are_cut_before_they_are_too_large_to_import(own, monkeypatch):
    monkeypatch.setattr(export, "_MOST_BODY_BYTES", 450)
    own.post([statement(result={"response": "x" * size}) for size in (1, 1, 400, 1)])
    out = io.TextIOWrapper(io.BytesIO())
    call_command("export_statements", stdout=out, format="multipart")
    assert out.buffer.getvalue().count(b"application/json") == 3
