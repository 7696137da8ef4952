"""The values of a link's resource, one row each, for filters and sorting on any database."""

from django.db import models

from scim.models.configuration import ScimConfiguration
from scim.models.fields import KeyField
from scim.models.link import ScimLink
from scim.models.user import MAX_TEXT


class ScimAttribute(models.Model):
    """Complex attributes have a row of their own, without value, beside those of their sub-attributes."""

    link = models.ForeignKey(ScimLink, models.CASCADE, related_name="attributes", db_index=False)
    configuration = models.ForeignKey(ScimConfiguration, models.PROTECT, related_name="+", db_index=False)
    path = KeyField(max_length=255)  # lower case, an extension's URN included
    item = models.PositiveIntegerField(default=0)  # of a multi-valued attribute; 0 is the one it is sorted by
    text = KeyField(max_length=2 * MAX_TEXT, null=True)
    number = models.FloatField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["link", "path", "item"], name="scim_attribute_unique"),
        ]
        indexes = [
            models.Index(fields=["configuration", "path", "text"], name="scim_attribute_by_text"),
            models.Index(fields=["configuration", "path", "number"], name="scim_attribute_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.path}[{self.item}]"
