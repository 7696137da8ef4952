"""The vocabulary of the rules: versions, problems with their paths, checks."""

import re
from collections.abc import Callable, Sequence
from enum import Enum
from typing import Any, NamedTuple

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LONGEST_STEP = 80  # a name of 64 kB is not repeated to whoever sent it

type_of_step = str | int


class Version(Enum):
    """The two editions of the standard, by the version an answer carries."""

    V1 = "1.0.3"
    V2 = "2.0.0"

    @property
    def of_statement(self) -> str:
        """What a Statement without ``version`` is given (xAPI 1.0.3 Data §2.4.10)."""
        return "1.0.0" if self is Version.V1 else "2.0.0"

    @classmethod
    def requested(cls, header: str) -> "Version | None":
        """xAPI 1.0.3 Communication §3.3: ``1.0`` and every ``1.0.x`` ask for 1.0.3; likewise 2.0; None for others."""
        match = re.fullmatch(r"([12])\.0(?:\.[0-9]{1,9})?", header)
        return None if match is None else {"1": cls.V1, "2": cls.V2}[match[1]]


class Problem(NamedTuple):
    """Why a value is refused and where it stands, outermost step first."""

    reason: str
    steps: tuple[type_of_step, ...] = ()

    @property
    def path(self) -> str:
        return "".join(map(_shown, self.steps)).removeprefix(".")

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.steps else self.reason


def _shown(step: type_of_step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if len(step) > _LONGEST_STEP:
        step = step[:_LONGEST_STEP] + "…"
    return f".{step}" if _PLAIN_NAME.fullmatch(step) else f'["{step}"]'


Problems = Sequence[Problem]
FINE: Problems = ()
Check = Callable[[Any, Version], Problems]


def under(step: type_of_step, problems: Problems) -> list[Problem]:
    """The problems of a member, seen from the object or list that holds it."""
    return [Problem(problem.reason, (step, *problem.steps)) for problem in problems]
