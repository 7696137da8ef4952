"""The only writer of groups. Each verb is one transaction, and costs the size of the change, not of the group."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q
from django.utils import timezone

from clients import audit
from clients.audit import Origin
from scim.comparison import key
from scim.errors import InvalidValue
from scim.filters.membership_backend import MembershipBackend
from scim.filters.tree import Tree
from scim.models import ScimConfiguration, ScimLink
from scim.notes import Notes
from scim.provisioning import uniqueness, whole
from scim.storage import groups, index
from scim.wanted import Wanted

MAX_QUOTED = 100  # characters of an id in a message


@dataclass(frozen=True, slots=True)
class Add:
    ids: Collection[str]


@dataclass(frozen=True, slots=True)
class Remove:
    """Who is no member may be among ``ids``."""

    ids: Collection[str]


@dataclass(frozen=True, slots=True)
class RemoveWhere:
    """The members whose entry satisfies ``entry``; None: all."""

    entry: Tree | None


@dataclass(frozen=True, slots=True)
class Replace:
    ids: Collection[str]


Change = Add | Remove | RemoveWhere | Replace


@dataclass(frozen=True, slots=True)
class GroupKeeper:
    """Acts for one configuration. ``case_exact``: paths of the attributes compared as they are."""

    configuration: ScimConfiguration
    by: Origin
    case_exact: Collection[str] = ()
    notes: Notes = field(default_factory=Notes)

    @whole
    def create(self, wanted: Wanted, members: Collection[str]) -> ScimLink:
        now = timezone.now()
        group = ScimLink(configuration=self.configuration, kind=ScimLink.Kind.GROUP, created=now, modified=now)
        self._write(group, wanted)
        self._apply(group, Add(members))
        audit.record("group_created", group, by=self.by, **self._facts(group))
        return group

    @whole
    def change(self, group: ScimLink, wanted: Wanted | None, changes: Sequence[Change] = ()) -> ScimLink:
        """To what is wanted (None: as it is), changes of members in their order. Without effect the version stays."""
        self._about(group)
        moved = [self._apply(group, change) for change in changes]
        renamed = wanted is not None and (wanted.data, wanted.external_id) != (group.data, group.external_id)
        if not renamed and not any(moved):
            return group
        group.version, group.modified = group.version + 1, timezone.now()
        if renamed and wanted is not None:
            self._write(group, wanted)
        else:
            self.notes.done = True
            group.save(update_fields=["version", "modified"])
        return group

    @whole
    def remove(self, group: ScimLink) -> None:
        """Leave a tombstone; the members stay."""
        self._about(group)
        self.notes.done = True
        group.memberships.all().delete()
        index.erase(group)
        ScimLink.objects.filter(pk=group.pk).update(gone_at=timezone.now())
        audit.record("group_removed", group, by=self.by, **self._facts(group))

    def _write(self, group: ScimLink, wanted: Wanted) -> None:
        name = str(wanted.data.get("displayName", ""))
        if not name.strip():
            raise InvalidValue("displayName is required.")
        self.notes.compare(group.data, wanted.data)
        self.notes.done = True
        group.data, group.external_id, group.key = wanted.data, wanted.external_id, key(name)
        with uniqueness("displayName"):
            group.save()
        self._about(group)
        index.write(group, self.case_exact)

    def _apply(self, group: ScimLink, change: Change) -> bool:
        match change:
            case Add(ids):
                return bool(ids) and self._moved("added", len(ids), moved=groups.add(group, self._members(ids)))
            case Remove(ids):
                return self._moved("removed", len(ids), moved=groups.remove(group, ids))
            case RemoveWhere(entry):
                backend = MembershipBackend(self.configuration)
                condition = backend.entry_condition(entry) if entry else None
                return self._moved("removed", 0, moved=groups.remove_where(group, condition or Q()))
            case Replace(ids):
                before = groups.present(group)
                kept = {before[one] for one in ids if one in before}
                wanted = kept | self._members([one for one in ids if one not in before])
                return self._moved("replaced", len(ids), moved=groups.replace(group, before.values(), wanted))

    def _moved(self, what: str, count: int, *, moved: bool) -> bool:
        if moved:
            self.notes.changes[f"members {what}"] = [None, count or "by filter"]
        return moved

    def _members(self, ids: Collection[str]) -> set[int]:
        """Users among ``ids``. What is unknown, foreign or out of scope is all the same: nobody."""
        found = groups.known(self.configuration, ids)
        tolerances = self.configuration.tolerances
        for one in ids:
            if one not in found:
                self._strange(one, "nobody has this id", ignored=tolerances.ignore_unknown_members)
            elif found[one][1] == ScimLink.Kind.GROUP:
                self._strange(one, "groups are no members of groups", ignored=tolerances.ignore_nested_groups)
        return {pk for pk, kind in found.values() if kind == ScimLink.Kind.USER}

    def _strange(self, scim_id: str, reason: str, *, ignored: bool) -> None:
        text = f"members: {scim_id[:MAX_QUOTED]}: {reason}."
        if not ignored:
            raise InvalidValue(text)
        self.notes.warn(text)

    def _about(self, group: ScimLink) -> None:
        self.notes.kind, self.notes.scim_id, self.notes.external_id = group.kind, str(group.scim_id), group.external_id

    def _facts(self, group: ScimLink) -> dict[str, Any]:
        return {"scim_configuration": self.configuration.name, "scim_id": str(group.scim_id)}
