"""Storage for requests: members and groups are fetched beside the resources, where an answer shows them.

The engine's models take a tenth of a millisecond for an entry, and groups have tens of thousands.
"""

from collections.abc import Sequence
from typing import Any

from scim2_models import Resource, ResourceType, ResponseParameters, SearchRequest
from scim2_server.storage import SearchPage

from scim.group_changes import Change
from scim.models import ScimLink
from scim.protocol.adapter import LinkStorage, is_group, member_ids, refusals_as_engine_errors, wanted_of
from scim.protocol.projection import shown
from scim.protocol.provider import Published
from scim.provisioning import Provisioner
from scim.storage import groups
from scim.wanted import Wanted

MAX_SHOWN = 100  # members in the answer to a PATCH
Entries = list[dict[str, str]]


class RequestStorage(LinkStorage):
    """``parameters``: what the answer will show. ``lists``: entries of members or groups by id of a resource."""

    def __init__(self, published: Published, provisioner: Provisioner, *, writing: bool, base_url: str) -> None:
        super().__init__(published, provisioner, writing=writing)
        self.base_url, self.plans = base_url, published.plans
        self.parameters: ResponseParameters[Any] | None = None
        self.lists: dict[str, Entries] = {}
        self.listed: list[str] | None = None  # members in the body, where the engine's models were spared them
        self.found: list[ScimLink] | None = None  # by a search, where the engine's models have nothing to choose

    @property
    def chosen(self) -> bool:
        """Whether the request says which attributes it wants to see."""
        return bool(self.parameters and (self.parameters.attributes or self.parameters.excluded_attributes))

    @property
    def whole(self) -> bool:
        """Whether the answer shows resources as they are stored: members and groups are kept beside them."""
        parameters = self.parameters
        excluded = parameters.excluded_attributes or () if parameters else ()
        beside = all(len(path.parts) == 1 and path.parts[0].lower() in ("members", "groups") for path in excluded)
        return beside and not (parameters and parameters.attributes)

    def forget(self) -> None:
        """A Bulk request shows no resources."""
        self.lists.clear()

    @refusals_as_engine_errors()
    def get(
        self,
        resource_type: ResourceType,
        resource_id: str,
        *,
        response_parameters: ResponseParameters[Any] | None = None,
    ) -> Resource[Any]:
        """Writing begins with it too, and needs no members."""
        link = self.find(resource_type, resource_id)
        if link.user is not None:
            self.active = not link.user.blocked
        if not (self.writing and is_group(resource_type)):
            self.keep([link])
        return self.bare(link)

    def search(
        self, resource_types: list[ResourceType], search_request: SearchRequest[Any], *, position: Any = None
    ) -> SearchPage:
        with refusals_as_engine_errors():
            page = self.page(resource_types, search_request, position)
        self.parameters = search_request
        self.keep(page.links)
        self.found = page.links if self.whole else None
        resources = [self.bare(link) for link in page.links] if self.found is None else []
        return SearchPage(page.total, resources, page.next, page.previous)

    @refusals_as_engine_errors()
    def create(self, resource_type: ResourceType, resource: Resource[Any]) -> Resource[Any]:
        if not is_group(resource_type):
            return self.bare(self.provisioner.create(wanted_of(resource)))
        link = self.keeper.create(wanted_of(resource), self.listed or member_ids(resource))
        self.keep([link])
        return self.bare(link)

    @refusals_as_engine_errors()
    def update(
        self, resource_type: ResourceType, resource: Resource[Any], *, expected_version: str | None = None
    ) -> Resource[Any]:
        link = self.find(resource_type, resource.id or "", expected_version)
        return self.bare(self.provisioner.change(link, wanted_of(resource)))

    @refusals_as_engine_errors()
    def change_group(
        self, link: ScimLink, resource: Resource[Any] | None, changes: Sequence[Change], limit: int | None = None
    ) -> Resource[Any]:
        """``resource``: the group without its members, or None where nothing but members changes."""
        wanted: Wanted | None = wanted_of(resource) if resource else None
        changed = self.keeper.change(link, wanted, changes)
        self.keep([changed], limit)
        return self.bare(changed)

    def keep(self, links: Sequence[ScimLink], limit: int | None = None) -> None:
        """``limit``: of members in all."""
        listed = [link for link in links if link.kind == ScimLink.Kind.GROUP]
        if listed and (parts := shown("members", self.parameters)):
            named = "display" in parts
            for scim_id, entries in groups.members(self.configuration, listed, limit, named=named).items():
                self.lists[str(scim_id)] = [self._entry("Users", "User", entry, parts) for entry in entries]
        users = [link for link in links if link.kind == ScimLink.Kind.USER]
        if users and (parts := shown("groups", self.parameters)):
            for scim_id, entries in groups.groups_of(users).items():
                self.lists[str(scim_id)] = [self._entry("Groups", "direct", entry, parts) for entry in entries]

    def _entry(self, endpoint: str, kind: str, entry: groups.Entry, parts: frozenset[str]) -> dict[str, str]:
        value = str(entry.scim_id)
        whole = {"value": value, "$ref": f"{self.base_url}/{endpoint}/{value}", "type": kind, "display": entry.display}
        return whole if len(parts) == len(whole) else {name: text for name, text in whole.items() if name in parts}
