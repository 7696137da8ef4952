"""The engine's steps with our reading of bodies, and with members and groups in the answers."""

import logging
from collections.abc import Mapping
from functools import partial
from http import HTTPStatus
from typing import Any

from pydantic import ValidationError
from scim2_models import (
    BulkOperation,
    Context,
    Error,
    InvalidFilterException,
    InvalidValueException,
    Resource,
    ResourceType,
    ResponseParameters,
    SCIMException,
    SearchRequest,
)
from scim2_server.responses import ScimResponse
from scim2_server.service import ModelT, ScimService, scim_exception_of
from scim2_server.storage import SearchPage

from lms_oauth.errors import ApiError, Busy
from lms_oauth.http import read_json
from scim import limits, normalise
from scim.errors import waits
from scim.log import Done
from scim.models import ScimLink
from scim.protocol import bulk, memberships, serialise
from scim.protocol.request_storage import MAX_SHOWN, RequestStorage
from scim.tolerances import Tolerances

log = logging.getLogger("lms_oauth.api")

MAX_FILTER_LENGTH = 8192  # characters
MAX_OPERATIONS = 500
_WHOLE = {Context.RESOURCE_CREATION_REQUEST, Context.RESOURCE_REPLACEMENT_REQUEST}
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"  # RFC 7643 §4.2
_LISTS = {"User": "groups", "Group": "members"}


class Service(ScimService):
    def __init__(self, storage: RequestStorage, tolerances: Tolerances, secret: bytes) -> None:
        super().__init__(storage.provider, secret=secret)
        self.storage, self.tolerances = storage, tolerances
        self.operations: list[Done] = []  # of a Bulk request
        self.charged = False  # the first operation of a Bulk request is paid for by the request

    def read_body(self, model: type[ModelT], body: bytes, content_type: str | None, scim_ctx: Context) -> ModelT:
        payload = self.decode_body(body, content_type)
        if scim_ctx in _WHOLE:
            payload = self.normalised(payload, str(getattr(model, "__schema__", "")))
            if getattr(model, "__schema__", "") == GROUP:
                payload, self.storage.listed = memberships.plain(payload)
        elif scim_ctx == Context.RESOURCE_PATCH_REQUEST:
            payload = self.normalised_patch(payload)
        elif scim_ctx == Context.BULK_REQUEST:
            payload = bulk.normalised(payload, self)
        try:
            return model.model_validate(payload, scim_ctx=scim_ctx)
        except ValidationError as error:
            raise scim_exception_of(error) from error

    def normalised(self, payload: Any, schema: str) -> Any:
        return normalise.resource(payload, schema, self.tolerances, active=self.storage.active)

    def normalised_patch(self, payload: Any) -> Any:
        operations = payload.get("Operations") if isinstance(payload, dict) else None
        if isinstance(operations, list) and len(operations) > MAX_OPERATIONS:
            raise InvalidValueException(detail=f"A PATCH has at most {MAX_OPERATIONS} operations.")
        return normalise.patch(payload, self.tolerances)

    def decode_body(self, body: bytes, content_type: str | None) -> Any:
        self.ensure_json(content_type)
        return read_json(body)

    def read_search(self, resource_types: list[ResourceType], payload: Any) -> tuple[SearchRequest[Any], Any]:
        """Of GET and of POST."""
        if isinstance(payload, dict) and isinstance(text := payload.get("filter"), str):
            if len(text) > MAX_FILTER_LENGTH:
                raise InvalidFilterException(detail=f"The filter is longer than {MAX_FILTER_LENGTH} characters.")
            payload = payload | {"filter": normalise.filter_text(text, self.tolerances)}
        return super().read_search(resource_types, payload)

    def read_response_parameters(
        self, resource_type: ResourceType, query: Mapping[str, str]
    ) -> ResponseParameters[Any]:
        parameters = super().read_response_parameters(resource_type, query)
        self.storage.parameters = parameters
        return parameters

    def patch_response(
        self, base_url: str, resource: Resource[Any], response_parameters: ResponseParameters[Any]
    ) -> ScimResponse:
        """RFC 7644 §3.5.2 leaves the choice: the resource, or nothing where it is a large group."""
        if len(self.storage.lists.get(str(resource.id), ())) > MAX_SHOWN and not self.storage.chosen:
            return super().patch_response(base_url, resource, response_parameters)
        return self.replacement_response(base_url, resource, response_parameters)

    def resource_response(self, resource: Resource[Any], *args: Any, **kwargs: Any) -> ScimResponse:  # type: ignore[override]
        response = super().resource_response(resource, *args, **kwargs)
        if response.body is not None:
            self._add_list(response.body, _kind_of(resource))
        return response

    def search_response(
        self,
        base_url: str,
        resource_types: list[ResourceType],
        page: SearchPage,
        search_request: SearchRequest[Any],
    ) -> ScimResponse:
        """The engine builds a model of the list for each request, which takes as long as the rest of a look-up."""
        if self.storage.found is not None:
            return ScimResponse(HTTPStatus.OK, self._page(base_url, resource_types, page, search_request))
        response = super().search_response(base_url, resource_types, page, search_request)
        assert response.body is not None
        for body, resource in zip(response.body["Resources"], page.resources, strict=True):
            self._add_list(body, _kind_of(resource))
        return response

    def _page(
        self, base_url: str, resource_types: list[ResourceType], page: SearchPage, request: SearchRequest[Any]
    ) -> dict[str, Any]:
        """RFC 7644 §3.4.2, RFC 9865 §2."""
        by_cursor = request.cursor is not None
        beside = (page.next, page.previous) if by_cursor and request.count != 0 else (None, None)
        following, preceding = (self._seal(resource_types, request, position) for position in beside)
        resources = [self._stored(base_url, link) for link in self.storage.found or ()]
        body = {
            "schemas": [LIST],
            "totalResults": page.total,
            "startIndex": None if by_cursor else request.start_index,
            "itemsPerPage": len(resources),
            "nextCursor": following,
            "previousCursor": preceding,
            "Resources": resources,
        }
        return {name: value for name, value in body.items() if value is not None}

    def _stored(self, base_url: str, link: ScimLink) -> dict[str, Any]:
        resource_type = self.get_resource_type(link.kind)
        location = self.resource_location(base_url, resource_type, str(link.scim_id))
        locate = partial(self.reference_location, base_url)
        body = serialise.resource(link, self.storage.plans[link.kind], location, locate)
        self._add_list(body, link.kind)
        return body

    def _add_list(self, body: dict[str, Any], kind: str) -> None:
        if entries := self.storage.lists.get(body["id"]):
            body[_LISTS[kind]] = entries

    def bulk_failure(self, outcome: dict[str, Any], exception: Exception) -> dict[str, Any]:
        if waits(exception):
            exception = Busy()
        if isinstance(exception, ApiError):
            return {**outcome, "status": int(exception.status), "response": _error_of(exception)}
        if not isinstance(exception, SCIMException):
            log.error("unhandled error in a bulk operation", exc_info=exception)
        return super().bulk_failure(outcome, exception)

    def authorize_bulk_operation(
        self, request: Any, operation: BulkOperation[Resource[Any]], resource_type: ResourceType | None
    ) -> None:
        """Each operation costs a request, and what one read before counts for nothing in the next."""
        super().authorize_bulk_operation(request, operation, resource_type)
        self.storage.forget()
        if self.charged:
            limits.take(self.storage.configuration)
        self.charged = True


def _kind_of(resource: Resource[Any]) -> str:
    assert resource.meta is not None
    return str(resource.meta.resource_type)


def _error_of(refusal: ApiError) -> Error:
    return Error(status=int(refusal.status), detail=refusal.detail)
