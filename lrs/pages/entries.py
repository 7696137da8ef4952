"""This app's entries of the System menu."""

from django.utils.translation import gettext_lazy as _

from clients.administration import ObjectType
from clients.pages.menu import Entry, register


def register_all() -> None:
    statements = _("What learners did, as the clients have told it.")
    register(Entry(50, _("LRS statements"), statements, "lrs-statements", "database", shows=ObjectType.STATEMENT))
    activity = _("How many statements are stored, by whom, and with which verbs and activities.")
    register(Entry(55, _("LRS activity"), activity, "lrs-activity", "chart-bar", shows=ObjectType.STATEMENT))
