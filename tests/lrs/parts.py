"""Requests with attachments, and signatures, as a client makes them."""

import datetime as dt
import hashlib
import json
from base64 import b64encode, urlsafe_b64encode
from functools import cache

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from lrs.statement.attachments import SIGNATURE

BOUNDARY = "-_boundary.1"
MULTIPART = f"multipart/mixed; boundary={BOUNDARY}"
HASHES = {"RS256": SHA256(), "RS384": SHA384(), "RS512": SHA512()}


def attachment(data, algorithm="sha256", **members):
    return {
        "usageType": "http://example.org/usage",
        "display": {"en": "Proof"},
        "contentType": "text/plain",
        "length": len(data),
        "sha2": hashlib.new(algorithm, data).hexdigest(),
        **members,
    }


def part(data, **headers):
    """A part as the standard wants it; a header that is None is left out."""
    wanted = {
        "Content-Type": "text/plain",
        "Content-Transfer-Encoding": "binary",
        "X-Experience-API-Hash": hashlib.sha256(data).hexdigest(),
    } | {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{name}: {value}\r\n".encode() for name, value in wanted.items() if value is not None]
    return b"".join(lines) + b"\r\n" + data


def statements_part(value):
    text = value if isinstance(value, bytes) else json.dumps(value).encode()
    return b"Content-Type: application/json\r\n\r\n" + text


def body(value, *parts):
    delimiter = b"--" + BOUNDARY.encode()
    whole = [delimiter + b"\r\n" + one + b"\r\n" for one in (statements_part(value), *parts)]
    return b"".join(whole) + delimiter + b"--\r\n"


@cache
def key(name="one"):
    return ec.generate_private_key(ec.SECP256R1()) if name == "ec" else rsa.generate_private_key(65537, 2048)


@cache
def certificate(name="one"):
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test")])
    day = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key(name).public_key())
    builder = builder.serial_number(1).not_valid_before(day).not_valid_after(day + dt.timedelta(days=1))
    return b64encode(builder.sign(key(name), SHA256()).public_bytes(Encoding.DER)).decode()


def encoded(data):
    text = data if isinstance(data, bytes) else json.dumps(data).encode()
    return urlsafe_b64encode(text).rstrip(b"=")


def token(payload, algorithm="RS256", signer="one", **header):
    head = encoded({"alg": algorithm, **header})
    text = head + b"." + encoded(payload)
    signature = key(signer).sign(text, PKCS1v15(), HASHES.get(str(algorithm), SHA256()))
    return text + b"." + encoded(signature)


def signed(value, data, **members):
    """The Statement with ``data`` as its signature."""
    own = attachment(data, usageType=SIGNATURE, contentType="application/octet-stream", **members)
    return value | {"attachments": [*value.get("attachments", []), own]}


def signature_part(data):
    return part(data, Content_Type="application/octet-stream")
