"""Permission labels: who may administer what."""

from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clients.administration import Action as Action  # noqa: PLC0414 - pages name it beside what bears labels
from clients.administration import ObjectType, below

if TYPE_CHECKING:
    from clients.models.administrator import Administrator


class PermissionLabelQuerySet(models.QuerySet["PermissionLabel"]):
    def in_reach_of(self, user: "Administrator", action: Action) -> Self:
        reach = user.reach(action, ObjectType.LABEL)
        return self if reach is None else self.filter(pk__in=reach)


def parents() -> dict[int, int | None]:
    """Every label's id and its parent's. Labels are few, so one query answers every question of hierarchy."""
    return dict(PermissionLabel.objects.values_list("pk", "parent_id"))


def descendants(roots: list[int]) -> set[int]:
    """``roots`` and the ids of all labels below them."""
    return below(roots, parents())


class PermissionLabel(models.Model):
    object_type = ObjectType.LABEL

    name = models.CharField(_("Name"), max_length=120)
    short_description = models.CharField(_("Short description"), max_length=200, blank=True)
    description = models.TextField(_("Description"), blank=True)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("Parent label")
    )
    created = models.DateTimeField(_("Created"), auto_now_add=True)
    updated = models.DateTimeField(_("Updated"), auto_now=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+"
    )

    objects = PermissionLabelQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"), "parent", name="label_unique_among_siblings", condition=models.Q(parent__isnull=False)
            ),
            models.UniqueConstraint(Lower("name"), name="label_unique_at_top", condition=models.Q(parent__isnull=True)),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="label_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """Names from the top to this label: ``HR / Helsinki``."""
        names: list[str] = []
        label: PermissionLabel | None = self
        while label is not None:
            names.append(label.name)
            label = label.parent
        return " / ".join(reversed(names))


class LabelledQuerySet(models.QuerySet[Any]):
    """Objects that bear permission labels. Authorise by where you look, not by an ``if`` after looking."""

    def in_reach_of(self, user: "Administrator", action: Action) -> Self:
        """Objects ``user`` may do ``action`` to: those with a label in reach; without a limit, every one."""
        reach = user.reach(action, self.model.object_type)
        if reach is None:
            return self
        return self.filter(pk__in=self.model.objects.filter(labels__in=reach).values("pk"))


class Labelled(models.Model):
    """What administrators limited by labels may reach: an object with none is for unlimited administrators only.

    A model that names no ``object_type`` is reached with a permission that holds for every type.
    """

    object_type: ClassVar[ObjectType | None] = None

    labels = models.ManyToManyField(PermissionLabel, blank=True, related_name="+", verbose_name=_("Permission labels"))

    class Meta:
        abstract = True


def labelled_models() -> "list[type[Labelled]]":
    return [model for model in apps.get_models() if issubclass(model, Labelled)]
