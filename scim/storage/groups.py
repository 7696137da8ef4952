"""Membership in SQL. Each function costs what it changes or shows; members the configuration does not see stay out."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from operator import itemgetter
from typing import NamedTuple, TypeVar
from uuid import UUID

from django.db.models import F, Q

from scim.filters.compile import parse_id
from scim.models import ScimConfiguration, ScimLink, ScimMembership
from scim.models.membership import ScimMembershipQuerySet

BATCH = 500  # ids in a statement
T = TypeVar("T")


class Entry(NamedTuple):
    """Another resource as ``members`` or ``groups`` names it."""

    scim_id: UUID
    display: str


def members(
    configuration: ScimConfiguration, groups: Collection[ScimLink], limit: int | None = None, *, named: bool = True
) -> dict[UUID, list[Entry]]:
    """Those of each group that has some, by its id, in the order in which they came. ``named``: how they are called.

    ``limit``: where there are more, any so many in all, so that nothing is sorted to find the first.
    """
    ids = {group.pk: group.scim_id for group in groups}
    names = ("member__user__display_name", "member__user__user_name") if named else ()
    visible = _visible(configuration, groups).values_list("pk", "group", "member__scim_id", *names)
    rows = visible.order_by("pk") if limit is None else sorted(visible[:limit], key=itemgetter(0))
    found: dict[UUID, list[Entry]] = {}
    for _, group, scim_id, *called in rows:
        found.setdefault(ids[group], []).append(Entry(scim_id, next(filter(None, called), "")))
    return found


def present(group: ScimLink) -> dict[str, int]:
    """The primary keys of the visible members, by their ids."""
    rows = _visible(group.configuration, [group]).values_list("member__scim_id", "member")
    return {str(scim_id): pk for scim_id, pk in rows}


def groups_of(users: Collection[ScimLink]) -> dict[UUID, list[Entry]]:
    """The groups of each of ``users`` that has some, by the user's id."""
    rows = ScimMembership.objects.filter(member__in=users, group__gone_at__isnull=True).order_by("pk")
    found: dict[UUID, list[Entry]] = {}
    for member, scim_id, data in rows.values_list("member__scim_id", "group__scim_id", "group__data"):
        found.setdefault(member, []).append(Entry(scim_id, data["displayName"]))
    return found


def _visible(configuration: ScimConfiguration, groups: Collection[ScimLink]) -> ScimMembershipQuerySet:
    return ScimMembership.objects.visible_to(configuration).filter(group__in=groups)


def known(configuration: ScimConfiguration, ids: Iterable[str]) -> dict[str, tuple[int, str]]:
    """Primary key and kind of each id that the configuration sees."""
    found: dict[str, tuple[int, str]] = {}
    for some in _batches(_parsed(ids)):
        links = ScimLink.objects.visible_to(configuration).filter(scim_id__in=some)
        found |= {str(scim_id): (pk, kind) for scim_id, pk, kind in links.values_list("scim_id", "pk", "kind")}
    return found


def add(group: ScimLink, members: Collection[int]) -> bool:
    """Whether anybody was not a member before. ``members``: primary keys."""
    added = False
    for some in _batches(sorted(members)):
        there = set(group.memberships.filter(member__in=some).values_list("member", flat=True))
        rows = [ScimMembership(group=group, member_id=pk) for pk in some if pk not in there]
        ScimMembership.objects.bulk_create(rows, ignore_conflicts=True)
        added = added or bool(rows)
    return added


def remove(group: ScimLink, ids: Iterable[str]) -> bool:
    """Whether any of ``ids`` was a member."""
    removed = [remove_where(group, Q(member__scim_id__in=some)) for some in _batches(_parsed(ids))]
    return any(removed)


def remove_where(group: ScimLink, condition: Q) -> bool:
    """Whether any membership of ``group`` that satisfies ``condition`` ended."""
    pks = _visible(group.configuration, [group]).filter(condition).values("pk")
    return bool(ScimMembership.objects.filter(pk__in=pks).delete()[0])


def replace(group: ScimLink, before: Collection[int], wanted: Collection[int]) -> bool:
    """Whether the visible members ``before`` were others than ``wanted``, which they are afterwards."""
    leaving, joining = set(before) - set(wanted), set(wanted) - set(before)
    removed = [remove_where(group, Q(member__in=some)) for some in _batches(sorted(leaving))]
    return any([*removed, add(group, joining)])


def leave(members: Collection[int], at: datetime) -> None:
    """End all memberships of ``members``, primary keys of links; the groups they leave have changed."""
    theirs = ScimMembership.objects.filter(member__in=members)
    left = ScimLink.objects.filter(pk__in=theirs.values("group")).select_for_update(no_key=True).order_by("pk")
    if pks := list(left.values_list("pk", flat=True)):
        ScimLink.objects.filter(pk__in=pks).update(version=F("version") + 1, modified=at)
        theirs.delete()


def _parsed(ids: Iterable[str]) -> Iterator[UUID]:
    return (parsed for text in dict.fromkeys(ids) if (parsed := parse_id(text)) is not None)


def _batches(items: Iterable[T]) -> Iterator[list[T]]:
    left = iter(items)
    while some := list(islice(left, BATCH)):
        yield some
