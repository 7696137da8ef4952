"""What a configuration accepts beyond the standard, and what each identity provider needs. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Tolerances:
    """The defaults are those for Microsoft Entra ID."""

    remove_value_selects: bool = True
    create_missing_item: bool = True
    manager_shapes: bool = True
    member_shapes: bool = True
    ignore_unknown: bool = True
    ignore_unknown_members: bool = True
    old_schema_shapes: bool = False
    unquoted_filter_values: bool = True
    ignore_nested_groups: bool = True
    email_from_user_name: bool = True
    manual_block_wins: bool = True
    shared_users: bool = False
    may_leave_scope: bool = False

    @classmethod
    def of(cls, flags: Mapping[str, Any]) -> Self:
        """What ``flags`` leave out is as for Entra ID; what is no flag any more counts for nothing."""
        return cls(**{one.name: bool(flags[one.name]) for one in fields(cls) if one.name in flags})

    def flags(self) -> dict[str, bool]:
        return asdict(self)


class Preset(StrEnum):
    ENTRA_ID = "entra"
    OKTA = "okta"
    ONELOGIN = "onelogin"
    JUMPCLOUD = "jumpcloud"
    GOOGLE = "google"
    GENERIC = "generic"


_LIKE_OKTA = Tolerances(unquoted_filter_values=False, ignore_nested_groups=False)
_STRICT = Tolerances(
    remove_value_selects=False,
    create_missing_item=False,
    manager_shapes=False,
    member_shapes=False,
    ignore_unknown=False,
    unquoted_filter_values=False,
    ignore_nested_groups=False,
)
PRESETS: dict[Preset, Tolerances] = {
    Preset.ENTRA_ID: Tolerances(),
    Preset.OKTA: _LIKE_OKTA,
    Preset.ONELOGIN: Tolerances(old_schema_shapes=True, unquoted_filter_values=False, ignore_nested_groups=False),
    Preset.JUMPCLOUD: _LIKE_OKTA,
    Preset.GOOGLE: _LIKE_OKTA,
    Preset.GENERIC: _STRICT,
}
