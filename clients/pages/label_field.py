"""The form fields of labels. Permission labels outside the administrator's reach stay as they are."""

from collections.abc import Collection, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clients.administration import ObjectType
from clients.models import Administrator
from clients.models.label import Action
from clients.pages.label_tree import LabelTree
from clients.pages.text import Text


class LabelPicker(forms.Widget):
    """A tree of checkboxes. ``reach`` and ``borne`` are set by the field that knows the administrator."""

    template_name = "components/label_picker.html"
    use_fieldset = True
    reach: set[int] | None = None
    borne: set[int] = set()
    tree: LabelTree
    nothing: Text = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        return list(data.getlist(name) if hasattr(data, "getlist") else data.get(name, []))

    def value_omitted_from_data(self, data: Mapping[str, Any], files: Any, name: str) -> bool:
        return False  # no box ticked sends nothing, and means none

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        chosen = {int(pk) for pk in value or () if str(pk).isascii() and str(pk).isdigit()}
        context["widget"] |= {"nodes": self.tree.nodes(self.reach, chosen, self.borne), "nothing": self.nothing}
        return context

    def id_for_label(self, id_: str) -> str:
        return id_


class LabelField(forms.Field):
    """Cleans to the ids of all labels the object shall bear, those out of reach included.

    An administrator limited by labels must keep one in reach, or he could not open the object himself.
    """

    widget = LabelPicker
    trees = LabelTree
    words: Text = _("Permission labels")
    nothing: Text = _("There are no permission labels within your permissions.")
    needs_one = True
    seen: set[int] | None = None
    default_error_messages = {
        "none_in_reach": _("Choose at least one label within your permissions, or you could not open it yourself."),
        "unknown": _("Choose labels from the list."),
    }

    def __init__(self, *, none_in_reach: Text = "", **kwargs: Any) -> None:
        messages = {"none_in_reach": none_in_reach} if none_in_reach else {}
        super().__init__(label=self.words, required=False, error_messages=messages, **kwargs)

    def limit_to(
        self, user: Administrator, action: Action, borne: Collection[int] = (), kind: ObjectType | None = None
    ) -> None:
        """Say whose form it is, what it does to which type of object, and which labels that bears now."""
        self.picker.reach, self.seen = user.reach(action, kind), user.reach(Action.VIEW, kind)
        self.offer(borne)

    def offer(self, borne: Collection[int] = ()) -> None:
        """Say which labels the object bears now, and read which there are."""
        self.picker.borne = set(borne)
        self.picker.tree = self.trees.load()
        self.picker.nothing = self.nothing

    @property
    def picker(self) -> LabelPicker:
        assert isinstance(self.widget, LabelPicker)
        return self.widget

    def clean(self, value: Any) -> set[int]:
        """Raises where a label was sent that is neither in reach nor borne already."""
        reach, borne = self.picker.reach, self.picker.borne
        within = {pk for pk, _path in self.picker.tree.options(reach)}
        sent = {str(pk) for pk in value or ()}
        chosen = {pk for pk in within if str(pk) in sent}
        if sent - {str(pk) for pk in chosen | borne}:
            raise ValidationError(self.error_messages["unknown"], code="unknown")
        if self.needs_one and reach is not None and not chosen:
            raise ValidationError(self.error_messages["none_in_reach"], code="none_in_reach")
        return chosen | (borne - within)

    def shown(self, value: Any) -> str:
        """The paths of the labels borne, for a page without fields; those out of reach are not named."""
        borne = {int(pk) for pk in value or ()}
        within = [path for pk, path in self.picker.tree.options(self.seen) if pk in borne]
        hidden = len(borne) > len(within)
        return ", ".join([*within, str(_("others outside your permissions"))] if hidden else within)

    def has_changed(self, initial: Any, data: Any) -> bool:
        return {str(pk) for pk in initial or ()} != {str(pk) for pk in data or ()}
