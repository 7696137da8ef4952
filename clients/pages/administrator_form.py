"""The forms of an administrator."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clients.models import Administrator, LmsSettings, Role
from clients.pages.forms import Checks, Form, SwitchField, TextField
from clients.pages.limit_form import LimitForm
from clients.roles import Assigned

if TYPE_CHECKING:
    _ModelMultipleChoice = forms.ModelMultipleChoiceField[Role]
else:
    _ModelMultipleChoice = forms.ModelMultipleChoiceField

NAME_TAKEN = _("Somebody has this user name already. Choose another one.")
LAST = _("This is the last superadmin who can log in: somebody must be able to do everything.")


class PersonForm(Form):
    """The fields that adding and the General tab share."""

    first_name = TextField(_("First name"), limit=150)
    last_name = TextField(_("Last name"), limit=150)
    email = forms.EmailField(
        label=_("Email"), required=False, error_messages={"invalid": _("Enter an address like anna@example.org.")}
    )
    employee_id = TextField(_("Employee ID"), limit=64)

    def __init__(self, data: Mapping[str, Any] | None, **kwargs: Any) -> None:
        super().__init__(data, **kwargs)
        if not LmsSettings.current().employee_ids_in_use:
            del self.fields["employee_id"]


class GeneralForm(PersonForm):
    is_superuser = SwitchField(
        _("Superadmin"), badge=_("Sensitive"), help_text=_("May do everything, also what no role allows.")
    )
    blocked = SwitchField(
        _("Blocked"), help_text=_("A blocked administrator cannot log in, and is logged out at once.")
    )

    def __init__(self, data: Mapping[str, Any] | None, *, person: Administrator, user: Administrator) -> None:
        names = ("first_name", "last_name", "email", "employee_id", "is_superuser")
        held = {name: getattr(person, name) for name in names}
        super().__init__(data, initial={**held, "blocked": not person.is_active})
        if not user.rights.everything:
            del self.fields["is_superuser"]
            self._keep_address()

    def _keep_address(self) -> None:
        """Where the verified address opens an account, setting it would be a way into one with more rights."""
        if settings.OIDC_ISSUER:
            self.fields["email"].disabled = True
            self.fields["email"].help_text = _("The address opens the account: only a superadmin changes it.")

    @property
    def values(self) -> dict[str, Any]:
        rest = {name: value for name, value in self.cleaned_data.items() if name != "blocked"}
        return {**rest, "is_active": not self.cleaned_data["blocked"]}


class RolesField(_ModelMultipleChoice):
    widget = Checks

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name}: {obj.short_description}" if obj.short_description else obj.name


class AddForm(PersonForm, LimitForm):
    """Who, and with which roles. One limit narrows all of them; the Roles tab has one for each."""

    username = TextField(_("User name"), limit=150, ask=_("Enter a user name to log in with."))
    roles = RolesField(
        label=_("Roles"),
        queryset=Role.objects.all(),
        required=False,
        error_messages={
            "invalid_choice": _("Choose roles from the list."),
            "invalid_pk_value": _("Choose roles from the list."),
        },
    )
    is_superuser = SwitchField(
        _("Superadmin"), badge=_("Sensitive"), help_text=_("May do everything, also what no role allows.")
    )
    field_order = ("first_name", "last_name", "username", "email", "employee_id", "is_superuser", "roles", "unlimited")

    def __init__(self, data: Mapping[str, Any] | None, *, user: Administrator) -> None:
        PersonForm.__init__(self, data, user=user)
        self.fields["unlimited"].label = _("As far as the roles reach")
        if not user.rights.everything:
            del self.fields["is_superuser"]

    def clean(self) -> dict[str, Any]:
        return super().clean() if self.cleaned_data.get("roles") else self.cleaned_data

    @property
    def values(self) -> dict[str, Any]:
        names = ("first_name", "last_name", "email", "employee_id")
        return {name: self.cleaned_data[name] for name in names if name in self.cleaned_data}

    @property
    def assigned(self) -> list[Assigned]:
        return [Assigned(role, self.limit) for role in self.cleaned_data["roles"]]


class AssignForm(LimitForm):
    """One role for one administrator, in place of the assignment of that role that there is."""

    role = forms.ModelChoiceField(
        label=_("Role"),
        queryset=Role.objects.all(),
        empty_label=_("Choose a role"),
        error_messages={
            "required": _("Choose a role."),
            "invalid_choice": _("Choose a role from the list."),
        },
    )
    field_order = ("role", "unlimited", "labels")

    def __init__(self, data: Mapping[str, Any] | None, *, user: Administrator) -> None:
        super().__init__(data, user=user)
        self.fields["unlimited"].label = _("As far as the role reaches")

    @property
    def assigned(self) -> Assigned:
        return Assigned(self.cleaned_data["role"], self.limit)
