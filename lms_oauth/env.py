"""Values from the environment. ``NAME_FILE`` names a file that holds the value of ``NAME``."""

import os
from collections.abc import Mapping
from pathlib import Path

_TRUE = {"1", "true", "yes", "on"}
_FALSE = {"", "0", "false", "no", "off"}


class Environment:
    """Typed reads of one mapping; remembers the names it was asked for, so a test can hold them against the README."""

    def __init__(self, values: Mapping[str, str] = os.environ) -> None:
        self._values = values
        self.names: set[str] = set()

    def text(self, name: str, default: str = "") -> str:
        self.names.add(name)
        if file := self._values.get(f"{name}_FILE"):
            return Path(file).read_text(encoding="utf-8").strip()
        return self._values.get(name, default)

    def flag(self, name: str, *, default: bool = False) -> bool:
        value = self.text(name, "on" if default else "off").lower()
        if value not in _TRUE | _FALSE:
            raise ValueError(f"{name}: on or off expected")
        return value in _TRUE

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        if not value.isascii() or not value.isdigit():
            raise ValueError(f"{name}: a whole number of 0 or more expected")
        return int(value)

    def words(self, name: str, default: str = "") -> list[str]:
        return [word for word in self.text(name, default).replace(",", " ").split() if word]
