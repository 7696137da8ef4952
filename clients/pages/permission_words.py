"""What the pages call object types, actions, and how far a permission reaches."""

from collections.abc import Collection

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.administration import Action, ObjectType
from clients.pages.label_tree import LabelTree
from clients.pages.text import Text

TYPES: dict[ObjectType, Text] = {
    ObjectType.CLIENT: gettext_lazy("OAuth client"),
    ObjectType.SCIM_CONFIGURATION: gettext_lazy("SCIM configuration"),
    ObjectType.LABEL: gettext_lazy("Permission label"),
    ObjectType.USER: gettext_lazy("User"),
    ObjectType.EVENT: gettext_lazy("Event"),
    ObjectType.PEER: gettext_lazy("Shared-event peer"),
    ObjectType.STATEMENT: gettext_lazy("LRS statement"),
    ObjectType.ADMINISTRATOR: gettext_lazy("Administrator"),
    ObjectType.ROLE: gettext_lazy("Role"),
    ObjectType.SETTING: gettext_lazy("Setting"),
    ObjectType.AUDIT_ENTRY: gettext_lazy("Audit log"),
}
ACTIONS: dict[Action, Text] = {
    Action.VIEW: gettext_lazy("View"),
    Action.ADD: gettext_lazy("Add"),
    Action.EDIT: gettext_lazy("Edit"),
    Action.DELETE: gettext_lazy("Delete"),
    Action.DOWNLOAD: gettext_lazy("Download"),
    Action.REGENERATE: gettext_lazy("Regenerate credentials"),
}


def domain(labels: Collection[int] | None, tree: LabelTree) -> str:
    """A limit in words: the paths of its topmost labels, each of which stands for those below it too."""
    if labels is None:
        return _("Everything")
    return ", ".join(tree.paths(tree.tops(labels))) or _("Nothing: no label is left")
