"""A request run as a configuration, from the workbench. Dry: it is rolled back, and nobody is told."""

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from django.db import transaction

from clients.audit import Origin
from lms_oauth.errors import ApiError
from scim import log
from scim.errors import body as error_body
from scim.log import Caller
from scim.models import ScimConfiguration
from scim.protocol import Answer, Call, answer
from scim.redaction import Redactor


@dataclass(frozen=True, slots=True)
class Result:
    """Without what the mapping marks as sensitive. ``changes``: path, old and new value."""

    status: int
    body: str
    changes: list[tuple[str, Any, Any]]
    warnings: list[str]


def run(configuration: ScimConfiguration, *, base_url: str, request: "Wanted", dry: bool, by: Origin) -> Result:
    call = Call(request.method, base_url, request.path, request.query, {}, request.body.encode())
    started = time.monotonic()
    with transaction.atomic():
        given = _answered(call, configuration, by)
        if dry:
            transaction.set_rollback(True)
    if not dry:
        caller = Caller(f"{by.name} (workbench)"[:200], "page", by.request_id, "", started)
        log.write(configuration, caller, given.operations)
    redactor = Redactor(configuration.rows)
    shown = redactor.shown(given.body)
    text = "" if shown is None else json.dumps(shown, indent=2, ensure_ascii=False)
    changes = [pair for one in given.operations for pair in redactor.changes(one.notes.changes).items()]
    warnings = [warning for one in given.operations for warning in one.notes.warnings]
    return Result(given.status, text, [(path, old, new) for path, (old, new) in changes], warnings)


@dataclass(frozen=True, slots=True)
class Wanted:
    method: str
    path: str
    query: dict[str, str]
    body: str

    @classmethod
    def of(cls, method: str, address: str, body: str) -> "Wanted":
        path, _, query = address.partition("?")
        return cls(method, "/" + path.strip("/"), dict(parse_qsl(query, keep_blank_values=True)), body)


def _answered(call: Call, configuration: ScimConfiguration, by: Origin) -> Answer:
    try:
        return answer(call, configuration, by)
    except ApiError as error:
        refusal: dict[str, Any] = error_body(error.status, error.detail)
        return Answer(int(error.status), refusal, {}, [])
