"""Paths into JSON as people write them: ``result.score.scaled``, ``extensions["https://…"]``, ``member[0].name``."""

import json
import re
from typing import Any

type_of_path = tuple[str | int, ...]
_STEP = re.compile(r'(\.?)([A-Za-z_$][A-Za-z0-9_$-]*)|\[([0-9]{1,6})\]|\[("(?:[^"\\]|\\.)*")\]')


def read_path(text: str) -> type_of_path | None:
    """Names and places in arrays, from the Statement on; None where the text is no path."""
    steps: list[str | int] = []
    position = 0
    while match := _STEP.match(text, position):
        dot, name, place, quoted = match.groups()
        if name and bool(dot) != bool(steps):
            return None
        step = name or (int(place) if place else _unquoted(quoted))
        if step is None:
            return None
        steps.append(step)
        position = match.end()
    return tuple(steps) if steps and position == len(text) else None


def _unquoted(text: str) -> str | None:
    try:
        return str(json.loads(text))
    except ValueError:
        return None


def at(value: Any, path: type_of_path) -> Any:
    """What stands there; None where nothing does."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            return None
    return value
