"""The part of a form that limits a permission or a role to labels, or says outright that there is no limit."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.administration import Action, ObjectType
from clients.models import Administrator, PermissionLabel
from clients.pages.forms import Form, SwitchField
from clients.pages.label_field import LabelField


class LimitField(LabelField):
    """Any of the labels in sight, or none."""

    needs_one = False


class LimitForm(Form):
    unlimited = SwitchField(_("Without a limit"))
    labels = LimitField(help_text=_("Each label stands for itself and for all labels below it."))

    def __init__(self, data: Mapping[str, Any] | None, *, user: Administrator) -> None:
        super().__init__(data)
        field = self.fields["labels"]
        assert isinstance(field, LimitField)
        field.limit_to(user, Action.VIEW, kind=ObjectType.LABEL)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        if cleaned.get("unlimited") and cleaned.get("labels"):
            self.add_error("unlimited", _("Take the labels off, or leave this switched off."))
        elif not cleaned.get("unlimited") and cleaned.get("labels") == set():
            self.add_error("labels", _("Choose labels, or switch on that there is no limit."))
        return cleaned

    @property
    def limit(self) -> tuple[PermissionLabel, ...] | None:
        if self.cleaned_data["unlimited"]:
            return None
        return tuple(PermissionLabel.objects.filter(pk__in=self.cleaned_data["labels"]))
