"""Attachments: what is sent, what comes back (xAPI 1.0.3 Data §2.4.11, Communication §1.5.2)."""

import hashlib
import io
import json

import pytest
from django.core.files.storage import storages
from django.test import Client as Browser

from lrs import store
from lrs.models import Attachment, Statement, StatementAttachment
from lrs.multipart import Reader, boundary_of
from tests.lrs.conftest import PATH
from tests.lrs.parts import MULTIPART, attachment, body, part, statements_part
from tests.lrs.statement.samples import ATTACHMENT, statement, sub_statement
from tests.lrs.stored import new_id

pytestmark = pytest.mark.django_db
DATA, OTHER = b"some \r\n--data\0\xff", b"others"


def send(caller, value, *parts):
    return caller.post(body(value, *parts), content_type=MULTIPART)


def parts_of(answer):
    """Headers and bytes of each part of a multipart answer."""
    assert answer.status_code == 200
    whole = b"".join(answer.streaming_content)
    assert len(whole) == int(answer["Content-Length"])
    reader = Reader(io.BytesIO(whole).read, boundary_of(answer["Content-Type"]))
    return [(part.headers, b"".join(part.chunks)) for part in reader]


def data_of(answer):
    return [data for _, data in parts_of(answer)[1:]]


def files():
    def walk(directory):
        directories, names = storages["lrs_attachments"].listdir(directory)
        return len(names) + sum(walk(f"{directory}{name}/") for name in directories)

    return walk("")


@pytest.fixture(autouse=True)
def empty_storage():
    kept = storages._storages
    storages._storages = {}
    yield
    storages._storages = kept


class TestSent:
    @pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
    @pytest.mark.parametrize("where", [statement, sub_statement])
    def test_comes_back(self, own, version, where):
        own.version = version
        answer = send(own, where(attachments=[attachment(DATA)]), part(DATA))
        assert answer.status_code == 200, answer.content
        [name] = answer.json()
        [(headers, text), (sent, data)] = parts_of(own.get(statementId=name, attachments="true"))
        assert headers["content-type"] == "application/json"
        assert text == own.get(statementId=name).content
        assert data == DATA
        assert sent["content-type"] == "text/plain"
        assert sent["content-transfer-encoding"] == "binary"
        assert sent["x-experience-api-hash"] == attachment(DATA)["sha2"]

    @pytest.mark.parametrize("algorithm", ["sha224", "sha256", "sha384", "sha512"])
    def test_with_each_hash_in_any_case(self, own, algorithm):
        described = attachment(DATA, algorithm)
        described["sha2"] = described["sha2"].upper()
        sent = part(DATA, X_Experience_API_Hash=hashlib.new(algorithm, DATA).hexdigest())
        [name] = send(own, statement(attachments=[described]), sent).json()
        assert data_of(own.get(statementId=name, attachments="true")) == [DATA]

    def test_by_put(self, own):
        name = new_id()
        text = body(statement(attachments=[attachment(DATA)]), part(DATA))
        answer = Browser().put(f"{PATH}?statementId={name}", text, content_type=MULTIPART, **own.headers)
        assert answer.status_code == 204
        assert data_of(own.get(statementId=name, attachments="true")) == [DATA]

    @pytest.mark.parametrize(
        "headers",
        [
            {"Content_Type": None},
            {"Content_Transfer_Encoding": None},
            {"Content_Type": "Text/Plain; charset=utf-8"},
            {"Content_Length": str(len(DATA))},
            {"x_experience_api_hash": None, "X_Experience_API_Hash": hashlib.sha256(DATA).hexdigest().upper()},
        ],
    )
    def test_with_headers_that_are_fine(self, own, headers):
        assert send(own, statement(attachments=[attachment(DATA)]), part(DATA, **headers)).status_code == 200

    def test_the_measured_size_is_not_compared(self, own):
        assert send(own, statement(attachments=[attachment(DATA, length=1)]), part(DATA)).status_code == 200

    @pytest.mark.parametrize("parts", [[], [ATTACHMENT]])
    def test_without_data_at_all(self, own, parts):
        assert send(own, statement(attachments=parts)).status_code == 200

    def test_the_same_part_twice(self, own):
        value = statement(attachments=[attachment(DATA)])
        [name] = send(own, value, part(DATA), part(DATA)).json()
        assert data_of(own.get(statementId=name, attachments="true")) == [DATA]
        assert files() == 1

    def test_one_file_for_many_statements(self, own):
        for _ in range(2):
            send(own, [statement(attachments=[attachment(DATA)]) for _ in range(3)], part(DATA))
        assert (files(), Attachment.objects.count(), StatementAttachment.objects.count()) == (1, 1, 6)
        assert data_of(own.get(attachments="true")) == [DATA]

    def test_data_beside_a_file_url_is_kept(self, own):
        described = attachment(DATA, fileUrl="http://example.org/file")
        [name] = send(own, statement(attachments=[described]), part(DATA)).json()
        assert data_of(own.get(statementId=name, attachments="true")) == [DATA]


@pytest.mark.parametrize(
    ("parts", "problem"),
    [
        ([], "neither a fileUrl nor a part"),
        ([part(OTHER)], "needs an X-Experience-API-Hash"),
        ([part(DATA), part(OTHER)], "needs an X-Experience-API-Hash"),
        ([part(DATA, X_Experience_API_Hash=None)], "needs an X-Experience-API-Hash"),
        ([part(DATA), statements_part(statement())], "needs an X-Experience-API-Hash"),
        ([part(OTHER, X_Experience_API_Hash=attachment(DATA)["sha2"])], "do not have the hash"),
        ([part(DATA, Content_Transfer_Encoding="base64")], "must be binary"),
        ([part(DATA, Content_Type="text/html")], "the part is text/html, the attachment text/plain"),
        ([part(DATA, Content_Length="1")], "Content-Length is not the attachment's length"),
        ([b"no header\r\n\r\n"], "header that is none"),
    ],
)
def test_parts_that_are_refused(own, parts, problem):
    answer = send(own, statement(attachments=[attachment(DATA)]), *parts)
    assert (answer.status_code, problem in answer.json()["error"]["detail"]) == (400, True), answer.content
    assert (Statement.objects.count(), files()) == (0, 0)


@pytest.mark.parametrize(
    ("text", "content_type", "problem"),
    [
        (b"x", MULTIPART, "before the closing boundary"),
        (b"--b\r\n\r\nx", "multipart/mixed", "no valid boundary"),
        (body([])[:-10], MULTIPART, "before the closing boundary"),
        (body([]).replace(b"application/json", b"text/plain"), MULTIPART, "first part must be application/json"),
        (body(b"{"), MULTIPART, "not valid JSON"),
        (body({"actor": {}}), MULTIPART, "exactly one of"),
        (body([]), "multipart/form-data; boundary=x", "Send Content-Type"),
        (b"x", "text/plain", "Send Content-Type"),
    ],
)
def test_bodies_that_are_refused(own, text, content_type, problem):
    answer = own.post(text, content_type=content_type)
    assert (answer.status_code, problem in answer.json()["error"]["detail"]) == (400, True), answer.content


def test_without_data_as_json(own):
    answer = own.post(statement(attachments=[attachment(DATA)]))
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "attachment_missing")
    assert own.post(statement(attachments=[ATTACHMENT])).status_code == 200


class TestLimits:
    def test_of_an_attachment(self, own, settings):
        settings.LRS_MAX_ATTACHMENT_BYTES = len(DATA)
        assert send(own, statement(attachments=[attachment(DATA)]), part(DATA)).status_code == 200
        settings.LRS_MAX_ATTACHMENT_BYTES -= 1
        answer = send(own, statement(attachments=[attachment(DATA)]), part(DATA))
        assert answer.status_code == 413
        assert "LRS_MAX_ATTACHMENT_BYTES" in answer.json()["error"]["detail"]

    def test_of_the_statements(self, own, settings):
        settings.LRS_MAX_BODY_BYTES = 50
        answer = send(own, statement(attachments=[attachment(DATA)]), part(DATA))
        assert answer.status_code == 413
        assert "LRS_MAX_BODY_BYTES" in answer.json()["error"]["detail"]


class TestRead:
    def test_always_multipart(self, own):
        own.post(statement())
        [(headers, text)] = parts_of(own.get(attachments="true"))
        assert (headers["content-type"], text) == ("application/json", own.get().content)

    def test_false_is_json(self, own):
        send(own, statement(attachments=[attachment(DATA)]), part(DATA))
        assert own.get(attachments="false")["Content-Type"] == "application/json"

    def test_more_goes_on_with_attachments_and_format(self, own):
        for data in (DATA, OTHER):
            send(own, statement(attachments=[attachment(data)]), part(data))
        first = parts_of(own.get(attachments="true", limit=1, format="ids"))
        assert first[1][1] == OTHER
        second = parts_of(own.get(json.loads(first[0][1])["more"]))
        assert second[1][1] == DATA
        assert json.loads(second[0][1])["statements"][0]["actor"]["objectType"] == "Agent"

    def test_head(self, own):
        send(own, statement(attachments=[attachment(DATA)]), part(DATA))
        length = own.get(attachments="true")["Content-Length"]
        answer = Browser().head(PATH, {"attachments": "true"}, **own.headers)
        assert (answer["Content-Length"], b"".join(answer)) == (length, b"")

    def test_a_client_reads_its_own_data_only(self, own, other, reader):
        [mine] = send(own, statement(attachments=[attachment(DATA)]), part(DATA)).json()
        [theirs] = other.post(statement(attachments=[attachment(DATA, fileUrl="a:url")])).json()
        assert other.get(statementId=mine, attachments="true").status_code == 404
        assert data_of(other.get(statementId=theirs, attachments="true")) == []
        assert data_of(reader.get(attachments="true")) == [DATA]
        send(other, statement(attachments=[attachment(DATA)]), part(DATA))
        assert data_of(reader.get(attachments="true")) == [DATA]
        assert files() == 2


class TestNothingStays:
    def test_of_a_conflict(self, own):
        name = new_id()
        own.post(statement(id=name))
        answer = send(own, statement(id=name, attachments=[attachment(DATA)]), part(DATA))
        assert (answer.status_code, files(), Attachment.objects.count()) == (409, 0, 0)

    def test_of_a_replay(self, own):
        value = statement(id=new_id(), attachments=[attachment(DATA, fileUrl="a:url")])
        own.post(value)
        assert send(own, value, part(DATA)).status_code == 200
        assert (files(), Attachment.objects.count()) == (0, 0)

    def test_of_a_failure(self, own, monkeypatch):
        def fail(*args, **kwargs):
            raise OSError("disk full")

        monkeypatch.setattr(store, "write", fail)
        answer = send(own, statement(attachments=[attachment(DATA)]), part(DATA))
        assert (answer.status_code, files()) == (500, 0)
