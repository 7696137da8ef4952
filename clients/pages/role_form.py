"""The forms of a role."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clients.administration import LIMITABLE, PERMISSIONS, Action, ObjectType
from clients.models import Administrator, Role
from clients.pages.forms import Checks, Form, TextField
from clients.pages.limit_form import LimitForm
from clients.pages.permission_words import ACTIONS, TYPES
from clients.roles import SETTABLE, Permission

NAME_TAKEN = _("A role has this name already. Choose another one.")


class RoleForm(Form):
    name = TextField(_("Name"), limit=120, ask=_("Enter a name for the role."))
    short_description = TextField(_("Short description"), limit=200, help_text=_("Up to 200 characters."))
    description = TextField(
        _("Description"),
        limit=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who holds the role, and for what."),
    )

    def __init__(self, data: Mapping[str, Any] | None, *, role: Role | None = None) -> None:
        super().__init__(data, initial={name: getattr(role, name) for name in SETTABLE} if role else None)


class PermissionForm(LimitForm):
    """Some actions on one type of object, with one limit, in place of what the role allows of these now."""

    object = forms.ChoiceField(label=_("Object"), choices=[(kind.value, words) for kind, words in TYPES.items()])
    actions = forms.MultipleChoiceField(
        label=_("Actions"),
        choices=[(action.value, words) for action, words in ACTIONS.items()],
        widget=Checks,
        error_messages={"required": _("Choose at least one action.")},
    )
    field_order = ("object", "actions", "unlimited", "labels")

    def __init__(self, data: Mapping[str, Any] | None, *, user: Administrator) -> None:
        super().__init__(data, user=user)
        self.fields["unlimited"].help_text = _(
            "Users, statements, administrators, roles, settings and the audit log bear no labels: a permission on them "
            "has no limit."
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if not {"object", "actions"} <= set(cleaned):
            return cleaned
        kind = ObjectType(cleaned["object"])
        unknown = [str(ACTIONS[action]) for action in self._actions if action not in PERMISSIONS[kind]]
        if unknown:
            words = _("There is no such permission for this object: %(names)s.")
            self.add_error("actions", words % {"names": ", ".join(unknown)})
        if kind not in LIMITABLE and cleaned.get("labels"):
            self.add_error("labels", _("Objects of this type bear no labels. Switch on that there is no limit."))
        return cleaned

    @property
    def _actions(self) -> list[Action]:
        return [Action(action) for action in self.cleaned_data["actions"]]

    @property
    def permissions(self) -> list[Permission]:
        kind = ObjectType(self.cleaned_data["object"])
        return [Permission(kind, action, self.limit) for action in self._actions]
