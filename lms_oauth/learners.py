"""Who the learners of the LMS are, for services that know them only by what identifies them.

The service that keeps users says how they are found; nobody else needs to know that service.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Learner:
    """``name`` is what people call the user; ``email`` and ``employee_id`` may be empty."""

    pk: int
    name: str
    user_name: str
    email: str
    employee_id: str
    blocked: bool = False


@dataclass(frozen=True, slots=True)
class Directory:
    """``find``: those of these ids that exist. ``after``: the next ones in the order of their ids.

    ``search``: some of those who are not blocked and whom these words fit, by name.
    """

    find: Callable[[Iterable[int]], Sequence[Learner]]
    after: Callable[[int, int], Sequence[Learner]]
    search: Callable[[str, int], Sequence[Learner]]


_directory = Directory(find=lambda _pks: [], after=lambda _pk, _count: [], search=lambda _words, _count: [])


def connect(directory: Directory) -> None:
    global _directory  # noqa: PLW0603 - set once, when the service that keeps users starts
    _directory = directory


def find(pks: Iterable[int]) -> Sequence[Learner]:
    return _directory.find(pks)


def after(pk: int, count: int) -> Sequence[Learner]:
    return _directory.after(pk, count)


def search(words: str, count: int) -> Sequence[Learner]:
    return _directory.search(words, count)
