"""Filters on ``members`` of groups and on ``groups`` of users."""

from typing import Any as Anything

from django.db.models import Q

from scim.errors import CannotFilter
from scim.filters.compile import ALWAYS, NEVER, comparison, fold, parse_id
from scim.filters.tree import Has, Item, Leaf, Op, Test, Tree
from scim.models import ScimConfiguration, ScimMembership

# Which side of a membership the filtered link is on, the other side, and the one type of its entries.
_SIDES = {"members": ("group", "member", "user"), "groups": ("member", "group", "direct")}


class MembershipBackend:
    def __init__(self, configuration: ScimConfiguration) -> None:
        self._configuration = configuration

    def condition(self, leaf: Leaf) -> Q:
        """A condition on ScimLink."""
        own, _, _ = _SIDES[leaf.path.partition(".")[0]]
        rows = ScimMembership.objects.visible_to(self._configuration).filter(self.entry_condition(leaf))
        return Q(pk__in=rows.filter(group__gone_at__isnull=True).values(own))

    def entry_condition(self, tree: Tree) -> Q:
        """A condition on ScimMembership."""
        return fold(tree, _entry)

    @staticmethod
    def is_about(leaf: Leaf) -> bool:
        return leaf.path.partition(".")[0] in _SIDES


def _entry(leaf: Leaf) -> Q:
    if isinstance(leaf, Item):
        return fold(leaf.inner, _entry)
    head, _, name = leaf.path.partition(".")
    if isinstance(leaf, Has):
        return ALWAYS
    return _compared(head, name, leaf)


def _compared(head: str, name: str, test: Test) -> Q:
    _, other, only_type = _SIDES[head]
    if name == "type":
        return ALWAYS if _holds(only_type, test) else NEVER
    if name == "value" and test.op is Op.EQ:
        scim_id = parse_id(str(test.value))
        return Q(**{f"{other}__scim_id": scim_id}) if scim_id else NEVER
    if name == "display" and head == "groups":
        return comparison("group__key", test.op, test.value)
    raise CannotFilter(f"{test.path} cannot be compared with {test.op}.")


def _holds(text: str, test: Test) -> bool:
    value: Anything = test.value
    held: dict[Op, bool] = {
        Op.EQ: text == value,
        Op.CO: value in text,
        Op.SW: text.startswith(value),
        Op.EW: text.endswith(value),
        Op.GT: text > value,
        Op.GE: text >= value,
        Op.LT: text < value,
        Op.LE: text <= value,
    }
    return held[test.op]
