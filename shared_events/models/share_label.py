"""Share labels: which of the shared events a client is given. They grant administrators nothing."""

from django.db import models
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.administration import below


class ShareLabel(models.Model):
    name = models.CharField(_("Name"), max_length=120)
    parent = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="children", verbose_name=_("Parent label")
    )

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                "parent",
                name="share_label_unique_among_siblings",
                condition=models.Q(parent__isnull=False),
            ),
            models.UniqueConstraint(
                Lower("name"), name="share_label_unique_at_top", condition=models.Q(parent__isnull=True)
            ),
            models.CheckConstraint(condition=~models.Q(parent=models.F("id")), name="share_label_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("share-label", args=[self.pk])

    @property
    def path(self) -> str:
        """Names from the top to this label: ``Safety / First aid``."""
        return f"{self.parent.path} / {self.name}" if self.parent else self.name


def expanded(chosen: set[int]) -> frozenset[int]:
    """``chosen`` and the ids of all labels below them."""
    return frozenset(below(chosen, parents()))


def parents() -> dict[int, int | None]:
    """Every share label's id and its parent's."""
    return dict(ShareLabel.objects.values_list("pk", "parent_id"))
