"""Labels as a tree: paths for lists, nested choices for forms."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self

from django.db.models import Count, Model, QuerySet
from django.utils.translation import ngettext

from clients.models import Client, PermissionLabel


@dataclass(slots=True)
class Node:
    """A label of the picker. ``locked``: outside the administrator's reach, kept as it is."""

    pk: int
    name: str
    path: str
    locked: bool
    checked: bool = False
    uses: str = ""
    children: list["Node"] = field(default_factory=list)


class LabelTree:
    """All labels of one sort, read in one query: they are few (hundreds). Sorts differ in what bears them."""

    model: type[Model] = PermissionLabel

    def __init__(self, labels: Iterable[Any]) -> None:
        self._labels = {label.pk: label for label in labels}
        self._paths: dict[int, str] = {}

    @classmethod
    def load(cls) -> Self:
        labels = cls.model._default_manager  # noqa: SLF001 - each model names its manager objects
        return cls(labels.only("pk", "name", "parent_id").order_by("name", "pk"))

    def uses(self) -> dict[int, int]:
        """How many objects bear each label that is borne."""
        return counted(Client.labels.through.objects.all(), "permissionlabel_id")

    def uses_in_words(self, count: int) -> str:
        return ngettext("%(n)s client", "%(n)s clients", count) % {"n": count}

    def path(self, pk: int) -> str:
        if pk not in self._paths:
            self._paths[pk] = " / ".join(self._labels[step].name for step in reversed(self._upwards(pk)))
        return self._paths[pk]

    def paths(self, pks: Iterable[int]) -> list[str]:
        return sorted(self.path(pk) for pk in pks if pk in self._labels)

    def tops(self, pks: Iterable[int]) -> list[int]:
        """Those of the labels that have none of the others above them: who covers these covers all."""
        given = set(pks) & set(self._labels)
        return [pk for pk in given if not given & set(self._upwards(pk)[1:])]

    def below(self, pk: int) -> set[int]:
        """The label and all below it."""
        return {label for label in self._labels if pk in self._upwards(label)}

    def options(self, reach: set[int] | None) -> list[tuple[int, str]]:
        """Id and path of each label in reach, in the order of the paths."""
        within = [pk for pk in self._labels if reach is None or pk in reach]
        return sorted(((pk, self.path(pk)) for pk in within), key=lambda option: option[1].casefold())

    def nodes(self, reach: set[int] | None, chosen: set[int], borne: set[int]) -> list[Node]:
        """The labels in reach and those the object bears, with the labels above them for orientation."""
        within = set(self._labels) if reach is None else reach
        shown = {step for pk in (within | borne) & set(self._labels) for step in self._upwards(pk)}
        counts = self.uses()
        nodes = {pk: self._node(pk, within, chosen | (borne - within), counts) for pk in self._labels if pk in shown}
        for pk, node in nodes.items():
            if (parent := self._labels[pk].parent_id) is not None:
                nodes[parent].children.append(node)
        return [node for pk, node in nodes.items() if self._labels[pk].parent_id is None]

    def _node(self, pk: int, within: set[int], checked: set[int], counts: dict[int, int]) -> Node:
        return Node(
            pk,
            self._labels[pk].name,
            self.path(pk),
            pk not in within,
            checked=pk in checked,
            uses=self.uses_in_words(counts.get(pk, 0)),
        )

    def _upwards(self, pk: int) -> list[int]:
        """The label, its parent, and so on to the top."""
        steps: list[int] = []
        step: int | None = pk
        while step is not None and step not in steps:
            steps.append(step)
            step = self._labels[step].parent_id
        return steps


def counted(bearing: "QuerySet[Any]", label: str) -> dict[int, int]:
    """How many rows there are for each label in the column ``label``."""
    return dict(bearing.values(label).annotate(count=Count("pk")).values_list(label, "count"))
