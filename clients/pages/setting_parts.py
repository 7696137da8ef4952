"""LMS-wide settings that other apps keep. Each registers its part of the Settings page when it starts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms

from clients.audit import Origin


@dataclass(frozen=True, slots=True)
class Part:
    """Fields made anew for each form, their stored values, and how they are changed: in the caller's transaction."""

    fields: Callable[[], Mapping[str, forms.Field]]
    stored: Callable[[], Mapping[str, Any]]
    change: Callable[[Mapping[str, Any], Origin], object]


_parts: list[Part] = []


def register(part: Part) -> None:
    if part not in _parts:
        _parts.append(part)


def registered() -> list[Part]:
    return list(_parts)
