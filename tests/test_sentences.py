"""Every sentence that the code raises or stores in English, and pages show, has words in other languages."""

import ast

import pytest
from django.conf import settings

from clients.pages.sentences import told
from tests.marked_words import mark_messages

SAID_BY = {
    "UnfitRule",
    "UnfitMapping",
    "warn",
    "UnreadablePage",
    "BadItem",
    "Unreachable",
    "Forbidden",
    "Stop",
    "NotDecodable",
    "NotRegistered",
}
ASSIGNED = {"problem", "_OTHER_RUNNER", "_UNSEALABLE"}
GAPS = {"kind": "field", "name": "epoch"}


def _text(node):
    """A literal, with something in its gaps; None where it is none."""
    if isinstance(node, ast.JoinedStr):
        parts = [_text(part) or GAPS.get(ast.unparse(part.value), "7") for part in node.values]
        return "".join(parts)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _said(node):
    if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) in SAID_BY:
        return node.args
    if isinstance(node, ast.Assign) and {getattr(target, "id", "") for target in node.targets} & ASSIGNED:
        return [node.value]
    return [node.value] if isinstance(node, ast.Yield) else []


def sentences():
    files = [path for app in ("scim", "shared_events") for path in (settings.BASE_DIR / app).rglob("*.py")]
    nodes = [node for path in files for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    return sorted({text for node in nodes for part in _said(node) if (text := _text(part))})


def test_every_sentence_is_known(monkeypatch):
    mark_messages(monkeypatch)
    found = sentences()
    assert len(found) > 50
    assert [text for text in found if not told(text).startswith("⟦")] == []


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "The host's answer cannot be read: title is missing or too long.",
            "⟦The host's answer cannot be read: ⟦title is missing or too long⟧.⟧",
        ),
        ("members: a%(b)s: nobody has this id.", "⟦members: a%(b)s: nobody has this id.⟧"),
        ("Nobody wrote this.", "Nobody wrote this."),
        ("", ""),
    ],
)
def test_what_stands_in_a_gap_is_told_too(monkeypatch, text, words):
    mark_messages(monkeypatch)
    assert told(text) == words
