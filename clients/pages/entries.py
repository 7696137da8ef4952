"""This app's entries of the System menu."""

from django.utils.translation import gettext_lazy as _

from clients.administration import ObjectType
from clients.pages.menu import Entry, register


def register_all() -> None:
    clients = _("External systems, what they may do, and their credentials.")
    labels = _("Which administrators reach what.")
    settings = _("What applies to the whole LMS.")
    health = _("Whether everything this installation needs is there.")
    register(Entry(10, _("OAuth clients"), clients, "oauth-clients", "key", shows=ObjectType.CLIENT))
    register(Entry(20, _("Permission labels"), labels, "permission-labels", "tag", shows=ObjectType.LABEL))
    people = _("Who may enter these pages, and with which roles.")
    roles = _("Named sets of permissions that administrators hold.")
    register(Entry(90, _("Administrators"), people, "administrators", "user-shield", shows=ObjectType.ADMINISTRATOR))
    register(Entry(100, _("Roles"), roles, "roles", "shield-lock", shows=ObjectType.ROLE))
    register(Entry(110, _("Settings"), settings, "settings", "settings", shows=ObjectType.SETTING))
    log = _("Who did what, when and from where.")
    register(Entry(120, _("Audit log"), log, "audit-log", "history", shows=ObjectType.AUDIT_ENTRY))
    register(Entry(130, _("Health"), health, "health", "circle-check", superadmin_only=True))
