"""This app's entries of the System menu."""

from django.utils.translation import gettext_lazy as _

from clients.administration import ObjectType
from clients.pages.menu import Entry, register


def register_all() -> None:
    about = _("Which users a directory sees and keeps current, and which OAuth clients act for it.")
    register(
        Entry(30, _("SCIM configurations"), about, "scim-configurations", "users", shows=ObjectType.SCIM_CONFIGURATION)
    )
    log = _("What directories asked for and what came of it.")
    users = _("Learners: their data, where it came from, and blocks.")
    groups = _("Groups that directories keep here.")
    register(Entry(32, _("Users"), users, "lms-users", "users", shows=ObjectType.USER))
    register(Entry(34, _("Directory groups"), groups, "scim-groups", "users", shows=ObjectType.SCIM_CONFIGURATION))
    register(Entry(36, _("Provisioning log"), log, "scim-log", "search", shows=ObjectType.SCIM_CONFIGURATION))
