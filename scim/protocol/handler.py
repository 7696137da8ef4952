"""The engine's operations, with groups changed at the cost of the change."""

import json
from typing import Any

from scim2_models import BulkOperation, Context, Error, PatchOp, Resource, ResourceType
from scim2_server.bulk import BulkPlan, BulkStep
from scim2_server.conditions import Conditions
from scim2_server.handler import ScimHandler
from scim2_server.requests import ScimRequest
from scim2_server.utils import parametrize

from scim.group_changes import Change, Replace
from scim.log import Done
from scim.notes import Notes
from scim.protocol.adapter import is_group, member_ids, refusals_as_engine_errors
from scim.protocol.memberships import split
from scim.protocol.request_storage import MAX_SHOWN, RequestStorage
from scim.protocol.service import Service


class Handler(ScimHandler):
    service: Service
    storage: RequestStorage

    def replace_resource(
        self,
        resource_type: ResourceType,
        current: Resource[Any],
        replacement: Resource[Any],
        conditions: Conditions,
    ) -> Resource[Any]:
        """A PUT of a group that leaves ``members`` out keeps them: RFC 7644 §3.5.1 lets us, and a slip costs nobody."""
        if not is_group(resource_type):
            return super().replace_resource(resource_type, current, replacement, conditions)
        self.service.check_preconditions(current, "PUT", conditions)
        listed: Any = replacement
        ids = self.storage.listed if listed.members is None else member_ids(replacement)
        changes: list[Change] = [] if ids is None else [Replace(ids)]
        listed.members = None
        replacement.replace(current)
        return self.storage.change_group(self._locked(resource_type, current.id), replacement, changes)

    def patch_resource(
        self, resource_type: ResourceType, resource_id: str, patch_op: "PatchOp[Any]", conditions: Conditions
    ) -> Resource[Any]:
        if not is_group(resource_type):
            return super().patch_resource(resource_type, resource_id, patch_op, conditions)
        link = self._locked(resource_type, resource_id)
        group = self.storage.bare(link)
        self.service.check_preconditions(group, "PATCH", conditions)
        changes, rest = split(type(group), patch_op)
        if rest:
            parametrize(PatchOp, type(group))(Operations=rest).patch(group)
        limit = None if self.storage.chosen else MAX_SHOWN + 1
        return self.storage.change_group(link, group if rest else None, changes, limit)

    def run_bulk_step(
        self, request: ScimRequest, plan: BulkPlan, step: BulkStep
    ) -> tuple[dict[str, Any], Resource[Any] | None]:
        outcome, resource = super().run_bulk_step(request, plan, step)
        self.service.operations.append(_done(plan.operation(step), outcome, self.storage.notes.taken()))
        return outcome, resource

    @refusals_as_engine_errors()
    def _locked(self, resource_type: ResourceType, resource_id: str | None) -> Any:
        return self.storage.find(resource_type, resource_id or "")


def _done(operation: "BulkOperation[Any]", outcome: dict[str, Any], notes: Notes) -> Done:
    data = operation.data.model_dump(scim_ctx=Context.DEFAULT) if operation.data is not None else None
    error = outcome.get("response")
    refusal = {"scimType": error.scim_type or "", "detail": error.detail or ""} if isinstance(error, Error) else {}
    body = json.dumps(data, default=str).encode() if data is not None else b""
    return Done(str(operation.method or ""), operation.path or "", int(outcome["status"]), refusal, body, notes)
