"""Columns that many lists share."""

from django.db.models import F
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from clients.pages.table import Column

NAME = Column(_("Name"), "name", Lower("name"), _("Name, A to Z"), _("Name, Z to A"))
UPDATED = Column(
    _("Updated"), "updated", F("updated"), _("Updated, oldest first"), _("Updated, newest first"), newest_first=True
)
RECORD = (NAME, Column(_("Description")), UPDATED)
