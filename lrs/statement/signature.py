"""Signed Statements (xAPI 1.0.3 Data §2.6): a JSON Web Signature in compact serialization, kept as an attachment.

With a certificate in its header the signature is verified; without one, what was signed is compared all the same.
"""

import re
from base64 import b64decode, urlsafe_b64decode
from collections.abc import Callable
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.hashes import SHA256, SHA384, SHA512, HashAlgorithm
from cryptography.x509 import load_der_x509_certificate

from lrs.statement.attachments import SIGNATURE
from lrs.statement.equality import digest, same_moment
from lrs.statement.rules import statement as statement_rules
from lrs.statement.times import instant
from lrs.statement.types import Version

_COMPACT = re.compile(rb"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)")
_ALGORITHMS: dict[str, HashAlgorithm] = {"RS256": SHA256(), "RS384": SHA384(), "RS512": SHA512()}
type_of_decoder = Callable[[bytes], Any]


class BadSignature(ValueError):
    """The text says what is wrong with it."""


def verify(token: bytes, signed: dict[str, Any], version: Version, decode: type_of_decoder) -> None:
    """BadSignature unless ``token`` signs the Statement. ``decode`` reads strict JSON, ValueError where it is none."""
    match = _COMPACT.fullmatch(token)
    if match is None:
        raise BadSignature("the data is no JSON Web Signature in compact serialization")
    header = _object(match[1], decode, "header")
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise BadSignature("alg must be RS256, RS384 or RS512")
    if "crit" in header:
        raise BadSignature("extensions (crit) are not understood")
    if "x5c" in header:
        _verify_key(_key_of(header["x5c"]), token, _decoded(match[3]), _ALGORITHMS[algorithm])
    if not _agrees(_object(match[2], decode, "payload"), signed, version):
        raise BadSignature("what was signed is not this Statement")


def _object(part: bytes, decode: type_of_decoder, name: str) -> dict[str, Any]:
    text = _decoded(part)
    try:
        value = decode(text)
    except ValueError as error:
        raise BadSignature(f"the {name} is not JSON") from error
    if type(value) is not dict:
        raise BadSignature(f"the {name} is not a JSON object")
    return value


def _decoded(part: bytes) -> bytes:
    try:
        return urlsafe_b64decode(part + b"=" * (-len(part) % 4))
    except ValueError as error:
        raise BadSignature("a part is not base64url") from error


def _key_of(chain: Any) -> RSAPublicKey:
    """Of the first certificate (RFC 7515 §4.1.6)."""
    try:
        certificate = load_der_x509_certificate(b64decode(chain[0], validate=True))
        key = certificate.public_key()
    except (ValueError, TypeError, LookupError, UnsupportedAlgorithm) as error:
        raise BadSignature("x5c holds no certificate") from error
    if not isinstance(key, RSAPublicKey):
        raise BadSignature("the certificate has no RSA key")
    return key


def _verify_key(key: RSAPublicKey, token: bytes, signature: bytes, algorithm: HashAlgorithm) -> None:
    try:
        key.verify(signature, token.rpartition(b".")[0], PKCS1v15(), algorithm)
    except InvalidSignature as error:
        raise BadSignature("the signature does not fit the certificate") from error


def _agrees(payload: dict[str, Any], signed: dict[str, Any], version: Version) -> bool:
    """§2.6: equal, the signature itself left out. A payload without timestamp fits any."""
    if statement_rules(payload, version) or digest(_unsigned(payload)) != digest(_unsigned(signed)):
        return False
    return "timestamp" not in payload or same_moment(_moment(payload, version), _moment(signed, version))


def _moment(statement: dict[str, Any], version: Version) -> int | None:
    return instant(statement["timestamp"], version) if "timestamp" in statement else None


def _unsigned(statement: dict[str, Any]) -> dict[str, Any]:
    left = [one for one in statement.get("attachments", ()) if one["usageType"] != SIGNATURE]
    rest = {name: value for name, value in statement.items() if name != "attachments"}
    return rest | ({"attachments": left} if left else {})
