"""Refusals of the LRS, each named for its fact."""

from http import HTTPStatus

from lms_oauth.errors import ApiError, InvalidRequest
from lrs.statement.types import Problems

_MOST_NAMED = 20


class InvalidStatement(ApiError):
    """xAPI 1.0.3 Data §2.2: every problem of the first Statement that does not follow the rules, with its path."""

    code = "invalid_statement"

    def __init__(self, problems: Problems) -> None:
        named = [str(problem) for problem in problems[:_MOST_NAMED]]
        more = [f"and {len(problems) - _MOST_NAMED} more"] if len(problems) > _MOST_NAMED else []
        super().__init__("; ".join(named + more), path=problems[0].path)


class InvalidParameter(InvalidRequest):
    code = "invalid_parameter"


class UnsupportedVersion(ApiError):
    """xAPI 1.0.3 Communication §3.3."""

    code = "unsupported_version"


class BadMultipart(ApiError):
    """xAPI 1.0.3 Communication §1.5.2."""

    code = "invalid_multipart"


class AttachmentMissing(ApiError):
    """xAPI 1.0.3 Data §2.4.11: an attachment needs a fileUrl or a part with its data."""

    code = "attachment_missing"


class AttachmentMismatch(ApiError):
    """A part is not what the attachment says, or belongs to none."""

    code = "attachment_mismatch"


class InvalidSignature(ApiError):
    """xAPI 1.0.3 Data §2.6."""

    code = "invalid_signature"


class StatementConflict(ApiError):
    """xAPI 1.0.3 Communication §2.1.1: this id is taken by a different Statement, which is not told apart further."""

    status, code = HTTPStatus.CONFLICT, "statement_conflict"

    def __init__(self, statement_id: str) -> None:
        super().__init__(f"Another Statement has the id {statement_id}. Nothing was stored.")


class VoidingRefused(ApiError):
    """A client voids its own Statements only."""

    status, code = HTTPStatus.FORBIDDEN, "voiding_refused"

    def __init__(self, statement_id: str) -> None:
        super().__init__(f"Statement {statement_id} is not this client's to void. Nothing was stored.")


class NotMergeable(ApiError):
    """xAPI 1.0.3 Communication §2.2: POST joins two JSON objects, and nothing else."""

    code = "not_mergeable"

    def __init__(self) -> None:
        super().__init__(
            "POST merges JSON objects: the stored document and the one sent must both be application/json "
            "and hold an object. Nothing was changed; PUT replaces a document."
        )


class PreconditionFailed(ApiError):
    status, code = HTTPStatus.PRECONDITION_FAILED, "precondition_failed"

    def __init__(self) -> None:
        super().__init__("The document is not as If-Match or If-None-Match wants it. Nothing was changed.")


class PreconditionMissing(ApiError):
    """xAPI 1.0.3 Communication §3.1: a new profile document."""

    code = "precondition_missing"

    def __init__(self) -> None:
        super().__init__("Send If-None-Match: * to create this document, or the ETag of a document in If-Match.")


class DocumentConflict(ApiError):
    """xAPI 1.0.3 Communication §3.1: neither header, and there is something to lose."""

    status, code = HTTPStatus.CONFLICT, "document_conflict"

    def __init__(self) -> None:
        super().__init__("This document exists: read it, then send its ETag in If-Match. Nothing was changed.")


class InvalidCursor(InvalidRequest):
    """The value of ``more`` was changed, is too old, or was given another parameter."""

    code = "invalid_cursor"


class ForeignCursor(ApiError):
    status, code = HTTPStatus.FORBIDDEN, "foreign_cursor"
