"""The engine's storage contract over our links. Everything crosses here as plain data."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from scim2_models import Context, Error, Resource, ResourceType, ResponseParameters, SCIMException, SearchRequest
from scim2_server.storage import ScimStorage, SearchPage

from scim.errors import Refusal, Stale
from scim.group_changes import GroupKeeper, Replace
from scim.models import ScimLink
from scim.models.link import served
from scim.protocol.filters import Translator, order_of
from scim.protocol.provider import Published
from scim.provisioning import Provisioner
from scim.storage import groups, links
from scim.storage.paging import Page, Search
from scim.storage.paging import Wanted as Sought
from scim.wanted import Wanted


@contextmanager
def refusals_as_engine_errors() -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        error = Error(status=int(refusal.status), scim_type=refusal.scim_type, detail=refusal.detail)
        raise SCIMException.from_error(error) from refusal


class LinkStorage(ScimStorage):
    """``writing``: links are locked as they are read, and an operation is a transaction."""

    supports_cursors = True

    def __init__(self, published: Published, provisioner: Provisioner, *, writing: bool) -> None:
        self.provider, self.provisioner, self.writing = published.provider, provisioner, writing
        self.configuration = provisioner.configuration
        self.notes = provisioner.notes
        self.keeper = GroupKeeper(provisioner.configuration, provisioner.by, published.case_exact, self.notes)
        self.active = True  # of the resource read last: what a PUT that leaves it out keeps
        self.held: dict[tuple[str, str], ScimLink] | None = None  # what a writing operation has locked, by kind and id

    @contextmanager
    def operation(self) -> Iterator[None]:
        if not self.writing:
            yield
            return
        with transaction.atomic():
            self.held = {}
            try:
                yield
            finally:
                self.held = None

    @refusals_as_engine_errors()
    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        found = self.resource(self.find(resource_type, resource_id))
        self.active = bool(getattr(found, "active", True))
        return found

    @refusals_as_engine_errors()
    def search(
        self,
        resource_types: list[ResourceType],
        search_request: SearchRequest[Any],
        *,
        position: Any = None,
    ) -> SearchPage:
        page = self.page(resource_types, search_request, position)
        return SearchPage(page.total, [self.resource(link) for link in page.links], page.next, page.previous)

    def page(self, resource_types: list[ResourceType], request: SearchRequest[Any], position: Any) -> Page:
        search = Search(self.configuration, [self._sought(str(one.name), request) for one in resource_types])
        if request.cursor is not None:
            return search.from_position(position, request.count or 0)
        return search.from_offset(request.start_index_0 or 0, request.count)

    @refusals_as_engine_errors()
    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        if is_group(resource_type):
            return self.resource(self.keeper.create(wanted_of(resource), member_ids(resource)))
        return self.resource(self.provisioner.create(wanted_of(resource)))

    @refusals_as_engine_errors()
    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        link = self.find(resource_type, resource.id or "", expected_version)
        if is_group(resource_type):
            members = Replace(member_ids(resource))
            return self.resource(self.keeper.change(link, wanted_of(resource), [members]))
        return self.resource(self.provisioner.change(link, wanted_of(resource)))

    @refusals_as_engine_errors()
    def delete(self, resource_type: ResourceType, resource_id: str, *, expected_version: str | None = None) -> None:
        link = self.find(resource_type, resource_id, expected_version)
        (self.keeper if is_group(resource_type) else self.provisioner).remove(link)

    def find(self, resource_type: ResourceType, resource_id: str, version: str | None = None) -> ScimLink:
        link = self._held(str(resource_type.name), resource_id)
        if version not in (None, link.etag):
            raise Stale("The resource has changed meanwhile.")
        return link

    def _held(self, kind: str, resource_id: str) -> ScimLink:
        """An operation reads a resource, and then changes it: nobody else can do so in between."""
        if self.held is None:
            return links.find(self.configuration, kind, resource_id, lock=self.writing)
        if (kind, resource_id) not in self.held:
            self.held[kind, resource_id] = links.find(self.configuration, kind, resource_id, lock=True)
        return self.held[kind, resource_id]

    def resource(self, link: ScimLink) -> Resource[Any]:
        """The whole resource as the engine's model, members included."""
        found = groups.members(self.configuration, [link]) if link.kind == ScimLink.Kind.GROUP else {}
        members = [_member(entry) for entry in found.get(link.scim_id, ())]
        return self.bare(link, {"members": members} if members else {})

    def bare(self, link: ScimLink, more: dict[str, Any] | None = None) -> Resource[Any]:
        meta = {
            "resourceType": link.kind,
            "created": link.created,
            "lastModified": link.modified,
            "version": link.etag,
        }
        resource = {**served(link), **(more or {}), "id": str(link.scim_id), "meta": meta}
        return self._model(link.kind).model_validate(resource)

    def _sought(self, kind: str, request: SearchRequest[Any]) -> Sought:
        model = self._model(kind)
        where = Translator(model, str(request.filter)).translate() if request.filter is not None else None
        return Sought(kind, where, order_of(model, request))

    def _model(self, name: str) -> type[Resource[Any]]:
        model = self.provider.model_for(name)
        assert isinstance(model, type)
        assert issubclass(model, Resource)
        return model


def is_group(resource_type: ResourceType) -> bool:
    return resource_type.name == ScimLink.Kind.GROUP


def wanted_of(resource: Resource[Any]) -> Wanted:
    return Wanted.of(resource.model_dump(scim_ctx=Context.DEFAULT))


def member_ids(resource: Any) -> Sequence[str]:
    return [member.value for member in resource.members or () if member.value]


def _member(entry: groups.Entry) -> dict[str, Any]:
    return {"value": str(entry.scim_id), "$ref": f"Users/{entry.scim_id}", "type": "User", "display": entry.display}
