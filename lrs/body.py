"""The body of a request that stores Statements: JSON, alone or followed by the data of attachments (§1.5)."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from tempfile import SpooledTemporaryFile
from typing import Any, NamedTuple

from django.conf import settings
from django.http import HttpRequest

from lms_oauth.errors import ApiError, BodyTooLarge, InvalidRequest
from lms_oauth.http import body_stream, media_type, read_body, read_json
from lrs.attachments import Sent, spool
from lrs.multipart import Part, Reader, boundary_of
from lrs.refusals import AttachmentMismatch, AttachmentMissing, BadMultipart, InvalidSignature
from lrs.statement.attachments import SIGNATURE, attachments, hash_of, mismatch, without_data
from lrs.statement.signature import BadSignature, verify
from lrs.statement.types import Version

_IN_MEMORY_BYTES = 128 * 1024
_MOST_SIGNATURE_BYTES = 4 * 1024 * 1024
HASH = "x-experience-api-hash"
type_of_statements = list[dict[str, Any]]


class Body(NamedTuple):
    """``parts`` are read once, after ``json``."""

    json: bytes
    parts: Iterator[Part]


def read_statement_body(request: HttpRequest) -> Body:
    """xAPI 1.0.3 Communication §1.5: 400 for every other media type."""
    if request.headers.get("Content-Encoding"):
        raise InvalidRequest("A request body is sent without Content-Encoding.")
    sent = media_type(request)
    if sent == "application/json":
        limit = settings.LRS_MAX_BODY_BYTES
        return Body(read_body(request, limit, setting="LRS_MAX_BODY_BYTES"), iter(()))
    if sent != "multipart/mixed":
        raise InvalidRequest("Send Content-Type: application/json, or multipart/mixed with the data of attachments.")
    return of_parts(iter(Reader(body_stream(request).read, boundary_of(request.META["CONTENT_TYPE"]))))


def of_parts(parts: Iterator[Part]) -> Body:
    first = next(parts, None)
    if first is None or _bare_type(first) != "application/json":
        raise BadMultipart("The first part must be application/json: the Statements.")
    return Body(_whole(first), parts)


def _bare_type(part: Part) -> str:
    return part.headers.get("content-type", "").partition(";")[0].strip().lower()


def _whole(part: Part) -> bytes:
    limit, chunks, size = settings.LRS_MAX_BODY_BYTES, [], 0
    for chunk in part.chunks:
        size += len(chunk)
        if limit and size > limit:
            raise BodyTooLarge(f"The Statements are larger than {limit} bytes (LRS_MAX_BODY_BYTES sets it).")
        chunks.append(chunk)
    return b"".join(chunks)


@contextmanager
def attached(parts: Iterator[Part], statements: type_of_statements, version: Version) -> Iterator[dict[str, Sent]]:
    """The data of valid Statements by its hash, until the block ends.

    Everything that a part or a signature can get wrong is refused here.
    """
    named: dict[str, type_of_statements] = {}
    for statement in statements:
        for attachment in attachments(statement):
            named.setdefault(hash_of(attachment), []).append(attachment)
    sent: dict[str, Sent] = {}
    with ExitStack() as opened:
        for part in parts:
            sha2, expected = _belonging(part, named)
            if sha2 not in sent:
                data = opened.enter_context(SpooledTemporaryFile(_IN_MEMORY_BYTES))
                size = spool(part.chunks, data, sha2)
                sent[sha2] = Sent(size, part.headers.get("content-type") or expected["contentType"], data)
        if missing := without_data(statements, sent):
            raise AttachmentMissing(f"An attachment has neither a fileUrl nor a part with its data (sha2 {missing}).")
        _check_signatures(statements, sent, version)
        yield sent


def _belonging(part: Part, named: dict[str, type_of_statements]) -> tuple[str, dict[str, Any]]:
    sha2 = part.headers.get(HASH, "").lower()
    if sha2 not in named:
        raise AttachmentMismatch("A part after the first needs an X-Experience-API-Hash: the sha2 of an attachment.")
    if part.headers.get("content-transfer-encoding", "binary").lower() != "binary":
        raise BadMultipart("The Content-Transfer-Encoding of a part must be binary.")
    reasons = [mismatch(attachment, part.headers) for attachment in named[sha2]]
    if all(reasons):
        raise AttachmentMismatch(f"A part does not fit its attachment: {reasons[0]}.")
    return sha2, named[sha2][reasons.index("")]


def _check_signatures(statements: type_of_statements, sent: dict[str, Sent], version: Version) -> None:
    for statement in statements:
        for attachment in statement.get("attachments", ()):
            if attachment["usageType"] == SIGNATURE:
                _check_signature(statement, attachment, sent, version)


def _check_signature(
    statement: dict[str, Any], attachment: dict[str, Any], sent: dict[str, Sent], version: Version
) -> None:
    if attachment["contentType"].partition(";")[0].strip().lower() != "application/octet-stream":
        raise InvalidSignature("The contentType of a signature must be application/octet-stream.")
    data = sent.get(hash_of(attachment))
    if data is None:
        raise InvalidSignature("The data of a signature must be sent in a part.")
    token = data.data.read(_MOST_SIGNATURE_BYTES)
    data.data.seek(0)
    try:
        verify(token, statement, version, _decode)
    except BadSignature as error:
        raise InvalidSignature(f"The signature is not accepted: {error}.") from error


def _decode(text: bytes) -> Any:
    try:
        return read_json(text)
    except ApiError as error:
        raise ValueError(error.detail) from error
