"""The house's forms: messages say what to do, and each control is drawn by its component."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.forms.utils import ErrorList
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients.pages.text import Text

if TYPE_CHECKING:
    _Base = forms.BaseForm
else:
    _Base = object

_OWN_LOOK = (forms.CheckboxInput, forms.HiddenInput, forms.CheckboxSelectMultiple, forms.RadioSelect)


class Errors(ErrorList):
    template_name = "components/error_list.html"


class Styled(_Base):
    """Mixin for any form: errors and controls in the house's look."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"error_class": Errors, "label_suffix": "", **kwargs})
        self.dress()

    def dress(self) -> None:
        """Again where fields were added later."""
        for field in self.fields.values():
            if not isinstance(field.widget, _OWN_LOOK):
                field.widget.attrs.setdefault("class", "input")


class Form(Styled, forms.Form):
    read_only = False

    def only_show(self) -> None:
        """Values as text, for whoever may look and not change."""
        self.read_only = True
        for field in self.fields.values():
            field.template_name = "components/shown.html"  # type: ignore[attr-defined]


class TextField(forms.CharField):
    """Text of at most ``limit`` characters. ``ask`` is the message where it is missing; empty = optional."""

    def __init__(self, label: Text, *, limit: int, ask: Text = "", **kwargs: Any) -> None:
        too_long = _("{label} must be %(limit_value)d characters or fewer (now %(show_value)d).")
        messages = {"required": ask, "max_length": format_lazy(too_long, label=label)}
        super().__init__(label=label, max_length=limit, required=bool(ask), error_messages=messages, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """Without ``maxlength``: a pasted text is refused with a message rather than cut off silently."""
        attrs: dict[str, Any] = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class SwitchField(forms.BooleanField):
    """On or off. ``badge`` is a word of warning beside the label."""

    def __init__(self, label: Text, *, badge: Text = "", **kwargs: Any) -> None:
        widget = forms.CheckboxInput(attrs={"role": "switch"})
        super().__init__(label=label, required=False, widget=widget, template_name="components/switch.html", **kwargs)
        self.badge = badge


class Checks(forms.CheckboxSelectMultiple):
    """One box a choice, in a fieldset."""

    template_name = "components/checks.html"


class ConfirmField(forms.BooleanField):
    """A box that must be ticked before something that cannot be undone."""

    def __init__(self, label: Text) -> None:
        messages = {"required": _("Tick the box to confirm.")}
        super().__init__(label=label, error_messages=messages, template_name="components/check.html")
