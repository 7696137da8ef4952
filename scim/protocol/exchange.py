"""One request through the engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.utils.crypto import salted_hmac
from pydantic import ValidationError
from scim2_models import Context, SCIMException
from scim2_server.requests import ScimRequest
from scim2_server.service import scim_exception_of

from clients.audit import Origin
from clients.models import LmsSettings
from scim.announcements import together
from scim.errors import InvalidValue
from scim.log import Done
from scim.mapping import Mode
from scim.models import ScimConfiguration, ScimLink
from scim.protocol.adapter import wanted_of
from scim.protocol.handler import Handler
from scim.protocol.provider import Shape, published
from scim.protocol.request_storage import RequestStorage
from scim.protocol.service import Service
from scim.provisioning import Provisioner
from scim.wanted import Wanted


@dataclass(frozen=True, slots=True)
class Call:
    """``base_url`` is what ``path`` is relative to, without a final slash. HEAD comes as GET."""

    method: str
    base_url: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def writes(self) -> bool:
        return self.method != "GET" and not self.path.endswith("/.search")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: dict[str, Any] | None
    headers: Mapping[str, str]
    operations: list[Done] = field(default_factory=list)


def answer(call: Call, configuration: ScimConfiguration, by: Origin) -> Answer:
    """The engine's answer, its refusals included. ApiError and what nobody expected come through."""
    form = published(shape_of(configuration))
    provisioner = Provisioner(configuration, by, form.case_exact)
    storage = RequestStorage(form, provisioner, writing=call.writes, base_url=call.base_url)
    service = Service(storage, configuration.tolerances, _cursor_secret(configuration))
    request = ScimRequest(call.method, call.base_url, call.path, call.query, call.headers, call.body)
    try:
        with together():
            response = Handler(service, storage).handle(request)
    except SCIMException as error:
        response = service.error_response(_plain(error))
    status, body = int(response.status), response.body
    operations = service.operations or [
        Done(call.method, call.path, status, _refusal(status, body), call.body, storage.notes)
    ]
    return Answer(status, body, response.headers, operations)


def new_user(body: bytes, configuration: ScimConfiguration, by: Origin) -> tuple[Wanted, dict[str, str]]:
    """What a POST of a user with this body asks for, and the fields it would write. Nobody is looked for or changed.

    ApiError or Refusal where such a request is refused.
    """
    form = published(shape_of(configuration))
    provisioner = Provisioner(configuration, by, form.case_exact)
    storage = RequestStorage(form, provisioner, writing=False, base_url="")
    service = Service(storage, configuration.tolerances, b"")
    model: Any = form.provider.model_for(ScimLink.Kind.USER)
    try:
        with form.provider:
            wanted = wanted_of(service.read_body(model, body, None, Context.RESOURCE_CREATION_REQUEST))
    except SCIMException as error:
        raise InvalidValue(_plain(error).detail) from error
    return wanted, provisioner.account(wanted, creating=True)


def _refusal(status: int, body: dict[str, Any] | None) -> dict[str, Any]:
    return (body or {}) if status >= HTTPStatus.BAD_REQUEST else {}


def shape_of(configuration: ScimConfiguration) -> Shape:
    rows = configuration.rows
    emails = next((row for row in rows if row.target == "email"), None)
    writes_email = emails is not None and emails.mode != Mode.LMS and "email" not in configuration.stamps
    return Shape(
        emails_required=writes_email and not LmsSettings.current().employee_ids_in_use,
        paths=frozenset(row.path for row in rows),
        read_only=frozenset(row.path for row in rows if row.mode == Mode.LMS),
        tolerances=configuration.tolerances,
    )


def _cursor_secret(configuration: ScimConfiguration) -> bytes:
    """A cursor of one configuration is none of another."""
    return salted_hmac("scim.cursor", str(configuration.pk), algorithm="sha256").digest()


def _plain(error: SCIMException) -> SCIMException:
    """The first problem of a value in one line, where the engine would quote its validator's whole report."""
    cause = error.__cause__
    return scim_exception_of(cause) if isinstance(cause, ValidationError) and "\n" in error.detail else error
