"""The forms of labels. A parent out of the administrator's reach is no field: it stays as it is."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.administration import Action, ObjectType
from clients.models import Administrator, PermissionLabel
from clients.pages.forms import ConfirmField, Form, TextField
from clients.pages.label_tree import LabelTree
from clients.pages.text import Text

SAME_NAME = _("A label beside it has this name already. Choose another name or another parent.")


class TreeForm(Form):
    """The name of a label of any sort, and its place in the tree."""

    trees = LabelTree
    confirming: Text

    name = TextField(_("Name"), limit=120, ask=_("Enter a name for the label."))
    parent = forms.TypedChoiceField(
        label=_("Parent label"),
        coerce=int,
        empty_value=None,
        error_messages={
            "required": _("Choose a parent label within your permissions."),
            "invalid_choice": _("Choose a parent label from the list."),
        },
    )

    def __init__(self, data: Mapping[str, Any] | None, *, label: Any, reach: set[int] | None = None) -> None:
        initial = {"parent": label.parent_id, **{name: getattr(label, name) for name in self._own()}} if label else {}
        super().__init__(data, initial=initial)
        self.label = label
        self._offer_parents(reach)

    def _own(self) -> list[str]:
        return [name for name in self.base_fields if name != "parent"]

    def _offer_parents(self, reach: set[int] | None) -> None:
        tree = self.trees.load()
        inside = tree.below(self.label.pk) if self.label else set()
        options = [(str(pk), path) for pk, path in tree.options(reach) if pk not in inside]
        field = self.fields["parent"]
        assert isinstance(field, forms.ChoiceField)
        field.required = reach is not None
        field.choices = options if reach is not None else [("", _("None: a label at the top")), *options]
        held = self.label.parent_id if self.label else None
        self.parent_is_fixed = self.label is not None and reach is not None and held not in reach
        if self.parent_is_fixed:
            del self.fields["parent"]

    def ask_to_confirm(self) -> bool:
        """Require the tick-box from now on; whether it was ticked."""
        self.fields["confirm"] = ConfirmField(self.confirming)
        self.full_clean()
        return self.is_valid()

    @property
    def parent_after(self) -> Any:
        """The parent that the form asks for."""
        if self.parent_is_fixed:
            return self.label.parent if self.label else None
        chosen = self.cleaned_data["parent"]
        labels = self.trees.model._default_manager  # noqa: SLF001 - each model names its manager objects
        return None if chosen is None else labels.get(pk=chosen)

    @property
    def values(self) -> dict[str, Any]:
        return {**{name: self.cleaned_data[name] for name in self._own()}, "parent": self.parent_after}

    def refuse(self, error: ValidationError) -> None:
        """Say at its field what the label was refused for."""
        if "parent" in error.message_dict:
            self.add_error("parent", _("Choose a parent that is not below it."))
        else:
            self.add_error("name", SAME_NAME)


class LabelForm(TreeForm):
    """Of a permission label."""

    confirming = _("Move the label and change who has access")
    short_description = TextField(_("Short description"), limit=200, help_text=_("Up to 200 characters."))
    description = TextField(
        _("Description"),
        limit=10_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Who uses the label, and for what."),
    )
    field_order = ("name", "short_description", "description", "parent")

    def __init__(
        self, data: Mapping[str, Any] | None, *, user: Administrator, label: PermissionLabel | None = None
    ) -> None:
        super().__init__(data, label=label, reach=user.reach(Action.EDIT if label else Action.ADD, ObjectType.LABEL))
        if parent := self.fields.get("parent"):
            parent.help_text = _("Who is limited to the parent also reaches what bears this label.")
