"""Choices of a select, written without a template for each: a list of labels has hundreds."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from clients.pages.text import Text

_SELECTED = mark_safe(" selected")


def option_tags(options: Iterable[tuple[str, Text]], chosen: str) -> SafeString:
    rows = ((value, _SELECTED if value == chosen else "", label) for value, label in options)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


class ManyChoices(forms.Select):
    """A select of one among many, without groups."""

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        own = flatatt(self.build_attrs(self.attrs, attrs))
        options = ((str(key), str(label)) for key, label in self.choices)
        return format_html('<select name="{}"{}>{}</select>', name, own, option_tags(options, str(value or "")))
