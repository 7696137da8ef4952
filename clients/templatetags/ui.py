"""Tags of the house design: icons and times."""

from datetime import datetime, timedelta
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from clients.pages import sentences

register = template.Library()

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400
_DAYS_IN_WORDS = 6


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative picture of the sprite; the words beside it say what it means."""
    return format_html(
        '<svg class="icon" aria-hidden="true" focusable="false"><use href="{}#{}"/></svg>', static("icons.svg"), name
    )


@register.filter
def shown(bound: BoundField) -> Any:
    """What a field holds, in words."""
    field, value = bound.field, bound.value()
    if isinstance(field, forms.BooleanField):
        return gettext("Yes") if value else gettext("No")
    if hasattr(field, "shown"):
        return field.shown(value)
    if isinstance(field, forms.ChoiceField) and value not in field.empty_values:
        words = {str(key): label for key, label in field.widget.choices}
        return words.get(str(value), value)
    return value


@register.simple_block_tag
def table_card(content: SafeString, name: str, heading: str, hint: str = "", caption: str = "") -> SafeString:
    """A card with nothing but a table; between the tags stand its head and body. ``caption``: where not the heading."""
    shown = {"name": name, "heading": heading, "hint": hint, "caption": caption or heading, "content": content}
    return render_to_string("components/table_card.html", shown)


@register.filter
def told(text: str) -> str:
    """What was stored in English, in the reader's language where the sentence is known."""
    return sentences.told(text)


@register.simple_tag
def ago(moment: datetime, *, always: bool = False) -> SafeString:
    """How long ago, in words for six days and then as a date; ``always`` counts days without that limit."""
    exact = moment.isoformat(timespec="seconds")  # HTML refuses more than three digits of a second
    return format_html('<time datetime="{}">{}</time>', exact, elapsed(moment, timezone.now(), always=always))


def elapsed(moment: datetime, now: datetime, *, always: bool = False) -> str:
    seconds = int((now - moment).total_seconds())
    days = (timezone.localdate(now) - timezone.localdate(moment)).days
    if seconds < _MINUTE:
        return gettext("just now")
    if seconds < _HOUR:
        minutes = seconds // _MINUTE
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    if seconds < _DAY:
        hours = seconds // _HOUR
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    if days == 1:
        return gettext("yesterday")
    if always or days <= _DAYS_IN_WORDS:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    return date_format(timezone.localtime(moment), "DATE_FORMAT")


@register.simple_tag
def seconds_ago(moment: datetime) -> str:
    """As ``elapsed``, but the first minute in seconds."""
    now = timezone.now()
    passed = now - moment
    if passed >= timedelta(minutes=1):
        return elapsed(moment, now)
    seconds = max(int(passed.total_seconds()), 1)
    return ngettext("%(n)s second ago", "%(n)s seconds ago", seconds) % {"n": seconds}


@register.simple_tag
def zone() -> str:
    """The name of the time zone that times on this page are in."""
    return timezone.get_current_timezone_name()
