"""Signed Statements (xAPI 1.0.3 Data §2.6)."""

from base64 import b64decode, b64encode

import pytest

from lrs.statement.attachments import SIGNATURE
from tests.lrs.parts import (
    MULTIPART,
    attachment,
    body,
    certificate,
    encoded,
    part,
    signature_part,
    signed,
    token,
)
from tests.lrs.statement.samples import ATTACHMENT, statement
from tests.lrs.stored import new_id

pytestmark = pytest.mark.django_db
VALUE = statement(id=new_id(), timestamp="2026-01-01T00:00:00Z", result={"success": True})


def send(caller, value, data):
    return caller.post(body(signed(value, data), signature_part(data)), content_type=MULTIPART)


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
@pytest.mark.parametrize("header", [{}, {"x5c": True}])
@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
def test_accepted(own, algorithm, header, version):
    own.version = version
    chain = {"x5c": [certificate(), "ignored"]} if header else {}
    answer = send(own, VALUE, token(VALUE, algorithm, **chain))
    assert answer.status_code == 200, answer.content


@pytest.mark.parametrize(
    "payload",
    [
        {name: value for name, value in VALUE.items() if name != "timestamp"},
        VALUE | {"timestamp": "2026-01-01T01:00:00+01:00"},
        VALUE | {"authority": {"mbox": "mailto:a@b.example"}, "stored": "2026-01-01T00:00:00Z", "version": "1.0.0"},
        signed(VALUE, b"another signature"),
    ],
)
def test_payloads_that_are_the_same_statement(own, payload):
    answer = send(own, VALUE, token(payload))
    assert answer.status_code == 200, answer.content


def test_other_attachments_are_signed_too(own):
    value = VALUE | {"attachments": [ATTACHMENT]}
    assert send(own, value, token(value)).status_code == 200
    assert send(own, value | {"id": new_id()}, token(VALUE)).status_code == 400


def good():
    return token(VALUE, x5c=[certificate()])


def of_an_unknown_kind():
    """A certificate whose key has an algorithm that nobody knows."""
    rsa_encryption = bytes.fromhex("2a864886f70d010101")
    return b64encode(b64decode(certificate()).replace(rsa_encryption, rsa_encryption[:-1] + b"\x7f")).decode()


def rest():
    """Payload and signature."""
    return good().partition(b".")[2]


@pytest.mark.parametrize(
    ("problem", "make"),
    [
        ("no JSON Web Signature", lambda: b""),
        ("no JSON Web Signature", lambda: b"a.b"),
        ("no JSON Web Signature", lambda: good() + b"\n"),
        ("no JSON Web Signature", lambda: b'{"payload":"","signatures":[]}'),
        ("not base64url", lambda: b"a." + rest()),
        ("header is not JSON", lambda: encoded(b"{") + b"." + rest()),
        ("header is not a JSON object", lambda: encoded([]) + b"." + rest()),
        ("alg must be", lambda: token(VALUE, "none")),
        ("alg must be", lambda: token(VALUE, "HS256")),
        ("alg must be", lambda: token(VALUE, "rs256")),
        ("alg must be", lambda: token(VALUE, ["RS256"])),
        ("crit", lambda: token(VALUE, crit=["exp"], exp=1)),
        ("no certificate", lambda: token(VALUE, x5c=[])),
        ("no certificate", lambda: token(VALUE, x5c={})),
        ("no certificate", lambda: token(VALUE, x5c=[1])),
        ("no certificate", lambda: token(VALUE, x5c=["YQ=="])),
        ("no certificate", lambda: token(VALUE, x5c=[of_an_unknown_kind()])),
        ("no RSA key", lambda: token(VALUE, x5c=[certificate("ec")])),
        ("does not fit the certificate", lambda: token(VALUE, signer="two", x5c=[certificate()])),
        ("does not fit the certificate", lambda: good().rpartition(b".")[0] + b".AAAA"),
        ("payload is not JSON", lambda: token(b"x")),
        ("payload is not a JSON object", lambda: token(b"[]")),
        ("not this Statement", lambda: token({})),
        ("not this Statement", lambda: token(VALUE | {"result": {"success": False}})),
        ("not this Statement", lambda: token(VALUE | {"timestamp": "2026-01-01T00:00:01Z"})),
    ],
)
def test_refused(own, problem, make):
    answer = send(own, VALUE, make())
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid_signature"), answer.content
    assert problem in answer.json()["error"]["detail"]


def test_a_changed_statement_is_refused(own):
    assert send(own, VALUE | {"result": {"success": False}}, good()).status_code == 400


def test_the_content_type_of_a_signature(own):
    data = good()
    value = VALUE | {"attachments": [attachment(data, usageType=SIGNATURE)]}
    answer = own.post(body(value, part(data)), content_type=MULTIPART)
    assert "must be application/octet-stream" in answer.json()["error"]["detail"]


def test_a_signature_without_data(own):
    value = signed(VALUE, good(), fileUrl="a:url")
    answer = own.post(value)
    assert "data of a signature must be sent" in answer.json()["error"]["detail"]
