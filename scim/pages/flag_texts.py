"""What the switches of a configuration are called, and what each does."""

from django.utils.translation import gettext_lazy as _

from clients.pages.text import Text
from scim.tolerances import Preset

PRESETS: dict[Preset, Text] = {
    Preset.ENTRA_ID: _("Microsoft Entra ID"),
    Preset.OKTA: _("Okta"),
    Preset.ONELOGIN: _("OneLogin"),
    Preset.JUMPCLOUD: _("JumpCloud"),
    Preset.GOOGLE: _("Google Workspace"),
    Preset.GENERIC: _("Generic: as the standard says"),
}

FLAGS: dict[str, tuple[Text, Text]] = {
    "remove_value_selects": (
        _("Removing with a list removes those listed"),
        _("A removal of members that lists some removes only these. While off, it is refused."),
    ),
    "create_missing_item": (
        _("Create a missing entry"),
        _("A write to the mobile number of a user without one adds it. While off, it is refused."),
    ),
    "manager_shapes": (_("Manager in any shape"), _("As a text, in a list, or empty.")),
    "member_shapes": (_("Members in any shape"), _("As one object or as texts.")),
    "ignore_unknown": (_("Ignore unknown attributes"), _("While off, they are refused.")),
    "ignore_unknown_members": (
        _("Ignore unknown members"),
        _("Members that do not exist here, or lie out of scope. While off, they are refused."),
    ),
    "old_schema_shapes": (_("Schemas of SCIM 1.1"), _("As some connectors still send them.")),
    "unquoted_filter_values": (_("Filter values without quotes"), _("While off, they are refused.")),
    "ignore_nested_groups": (
        _("Ignore groups in groups"),
        _("Groups have users as members. While off, a group as a member is refused."),
    ),
    "email_from_user_name": (_("User name as email"), _("Where it is an address and no email is sent.")),
    "manual_block_wins": (
        _("Blocks by administrators win"),
        _("A user whom an administrator blocked stays blocked when the directory activates him."),
    ),
    "shared_users": (
        _("Take over users of other configurations"),
        _("Two directories may then keep the same user. While off, the second one is refused."),
    ),
    "may_leave_scope": (
        _("Users may leave the scope"),
        _("A change may take a user out of this configuration’s sight. While off, it is refused."),
    ),
}
