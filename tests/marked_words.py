"""Finds words of a page that no catalogue could translate: every message is put in ⟦ ⟧, and words outside are told."""

import re
from html.parser import HTMLParser

from django.apps import apps
from django.utils.translation.trans_real import CONTEXT_SEPARATOR, DjangoTranslation

_MARKED = re.compile(r"⟦[^⟦⟧]*⟧")
_ADDRESS = re.compile(r"\w+://[^\s⟦⟧]+")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SAID = {"aria-label", "placeholder", "title", "alt", "data-th"}
_CODE = {"script", "style", "code", "pre", "textarea", "kbd", "samp"}


def mark_messages(monkeypatch):
    def gettext(self, message):
        message = message.rpartition(CONTEXT_SEPARATOR)[2]
        return f"⟦{message}⟧" if message else message

    def ngettext(self, one, many, number):
        return f"⟦{one if number == 1 else many}⟧"

    monkeypatch.setattr(DjangoTranslation, "gettext", gettext)
    monkeypatch.setattr(DjangoTranslation, "ngettext", ngettext)


def stored_texts():
    """Every text of the database: data, which no page translates."""
    return {text for model in apps.get_models() for row in model.objects.values() for text in texts_in(row)}


def texts_in(value):
    """Texts alone, not the names that code gives to what it stores."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list | tuple):
        for part in value:
            yield from texts_in(part)
    elif value is not None and _WORD.search(str(value)):
        yield str(value)


def unmarked(html, data):
    """What a reader meets outside the marks, text by text, where it has words that are no texts of ``data``."""
    page = _Page()
    page.feed(html)
    texts = [*page.said, *_without_marks("\n".join(page.texts)).splitlines()]
    known = re.compile("|".join(re.escape(text) for text in sorted(data, key=len, reverse=True)))
    return [text.strip() for text in texts if _WORD.search(known.sub(" ", _without_marks(text)))]


def _without_marks(text):
    text = _ADDRESS.sub(" ", text)
    while (shorter := _MARKED.sub(" ", text)) != text:
        text = shorter
    return text


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.texts, self.said, self._code = [], [], 0

    def handle_starttag(self, tag, attrs):
        self._code += tag in _CODE
        self.said += [value for name, value in attrs if value and (name in _SAID or name.endswith("-text"))]

    def handle_endtag(self, tag):
        self._code -= tag in _CODE

    def handle_data(self, data):
        if not self._code:
            self.texts.append(" ".join(data.split()))
