"""Paths into JSON."""

import pytest

from lrs.statement.paths import at, read_path

ROOM = "https://example.org/room"


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("verb", ("verb",)),
        ("result.score.scaled", ("result", "score", "scaled")),
        (f'context.extensions["{ROOM}"]', ("context", "extensions", ROOM)),
        (f'context.extensions["{ROOM}"].floor', ("context", "extensions", ROOM, "floor")),
        ("object.definition.name.en-US", ("object", "definition", "name", "en-US")),
        ("actor.member[0].name", ("actor", "member", 0, "name")),
        ('["a\\"b"]', ('a"b',)),
    ],
)
def test_a_path_is_read(text, path):
    assert read_path(text) == path


@pytest.mark.parametrize(
    "text", ["", ".", ".verb", "a.", "a..b", "a b", "a[", "a[-1]", "a['b']", 'a["b]', "a[0]b", "=1", 'a["\\x"]']
)
def test_what_is_no_path_is_refused(text):
    assert read_path(text) is None


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("a", "b"), 1),
        (("a", "x"), None),
        (("a", "b", "c"), None),
        (("l", 1), 2),
        (("l", 2), None),
        (("l", "0"), None),
        (("a", 0), None),
        ((), {"a": {"b": 1}, "l": [0, 2]}),
    ],
)
def test_what_stands_at_a_path(path, value):
    assert at({"a": {"b": 1}, "l": [0, 2]}, path) == value
