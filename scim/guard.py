"""Who calls, and which configuration that is. Runs before the body is read; django-scim2 wraps it around dispatch.

Must not import django_scim.views, which is what imports this.
"""

import logging
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, NoReturn

from django.db import Error
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from clients.access import Access, authenticate, invalid_token
from clients.addresses import public_url
from clients.rights import Right, Service
from lms_oauth.errors import ApiError
from lms_oauth.http import passing_trouble, request_id
from scim import limits
from scim import log as provisioning_log
from scim.errors import Paused, render, render_fault
from scim.limits import Allowance, TooFast
from scim.log import Caller, Done
from scim.models import ScimConfiguration
from scim.notes import Notes

log = logging.getLogger("lms_oauth.api")

# /scim/v2/… or /scim/<slug>/v2/…; slashes may be doubled.
_ADDRESS = re.compile(r"/scim/+(?:(?!v2(?:/|\Z))(?P<slug>[^/]+)/+)?v2(?:/+(?P<rest>.*))?", re.DOTALL)

_DISCOVERY = {"serviceproviderconfig", "resourcetypes", "schemas"}
_READS = {"GET", "HEAD", "OPTIONS"}


@dataclass(frozen=True, slots=True)
class Admission:
    """A request that may go on. ``path`` is relative to ``base_url`` and starts with a slash."""

    access: Access
    configuration: ScimConfiguration
    base_url: str
    path: str
    allowance: Allowance | None = None
    started: float = field(default_factory=time.monotonic)

    def log(self, request: HttpRequest, operations: list[Done]) -> None:
        caller = Caller.of(request, self.access.client.name, self.access.kind, self.started)
        provisioning_log.write(self.configuration, caller, operations)


def guard(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Admit or refuse. It stands outside the view's own error handling, so it answers and never raises."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            request.scim = _opened(request, admit(request))  # type: ignore[attr-defined]
        except ApiError as error:
            return render(error)
        except Exception as error:  # noqa: BLE001 - logged in fault()
            passing = passing_trouble(error)
            return render(passing) if passing else fault(request)
        return view(request, *args, **kwargs)

    return guarded


def admit(request: HttpRequest) -> Admission:
    """Credentials and client, scope, connected and active configuration, then the alias of another one."""
    access = authenticate(request, Service.SCIM)
    access.require_any(Right.SCIM)
    configuration = _configuration(access)
    address = _ADDRESS.fullmatch(request.path_info)
    slug = address["slug"] if address else None
    if slug not in (None, configuration.slug):
        raise invalid_token(Service.SCIM)
    prefix = f"/scim/{slug}/v2" if slug else "/scim/v2"
    path = "/" + (address["rest"] or "") if address else request.path_info
    return Admission(access, configuration, public_url() + prefix, path)


def refused(request: HttpRequest, admission: Admission, error: ApiError, *warnings: str) -> list[Done]:
    """What the log is told of a request that was refused before it was read."""
    path = f"/{admission.path.strip('/')}"
    notes = Notes(warnings=list(warnings))
    return [Done(request.method or "", path, int(error.status), {"detail": error.detail}, b"", notes)]


def _opened(request: HttpRequest, admission: Admission) -> Admission:
    configuration = admission.configuration
    try:
        _require_open(configuration, request.method or "", admission.path.lower())
        return replace(admission, allowance=limits.take(configuration))
    except Paused as error:
        admission.log(request, refused(request, admission, error))
        raise
    except TooFast as error:
        if count := limits.refusals_to_tell(configuration):
            told = f"Requests refused for their number since the entry before: {count}."
            admission.log(request, refused(request, admission, error, told))
        raise


def _require_open(configuration: ScimConfiguration, method: str, path: str) -> None:
    """Discovery answers in every state, so that identity providers keep the connection."""
    if path.strip("/").partition("/")[0] in _DISCOVERY:
        return
    if configuration.paused:
        raise Paused("Provisioning is paused.")
    if configuration.read_only and method not in _READS and not path.rstrip("/").endswith("/.search"):
        raise Paused("This configuration is read-only.")


def _configuration(access: Access) -> ScimConfiguration:
    configuration = access.holder.scim_configuration
    assert isinstance(configuration, ScimConfiguration), "the right comes with a configuration"
    return configuration


def fault(request: HttpRequest) -> HttpResponse:
    """The 500 of the exception being handled."""
    log.exception("unhandled error", extra={"request_id": request_id(request)})  # noqa: LOG004
    return render_fault(request_id(request))


def log_failure(request: HttpRequest, admission: Admission, error: ApiError) -> None:
    """In the provisioning log, without the body. Where even that fails, the server's log has to do."""
    try:
        admission.log(request, refused(request, admission, error))
    except Error:
        log.exception("the provisioning log could not be written", extra={"request_id": request_id(request)})


def base_location(request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> str:  # noqa: ARG001
    """django-scim2's question for the address in front of every location."""
    return public_url()


def no_schemas() -> tuple[()]:
    """django-scim2 publishes none: ours come from the configuration."""
    return ()


def unreachable(*args: Any, **kwargs: Any) -> NoReturn:  # noqa: ARG001
    raise RuntimeError("django-scim2's own engine is not used")
