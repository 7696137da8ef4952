"""Searches that an administrator gave a name to."""

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from clients.models.administrator import Administrator


class SavedFilter(models.Model):
    """``page`` is the name of a list's address, ``query`` what stands behind the question mark."""

    administrator = models.ForeignKey(Administrator, models.CASCADE, related_name="saved_filters")
    page = models.CharField(max_length=64)
    name = models.CharField(_("Name"), max_length=60)
    query = models.CharField(max_length=1000)

    class Meta:
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["administrator", "page", "name"], name="saved_filter_one_of_each_name")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return f"{reverse(self.page)}?{self.query}"
