"""How far a command has come, for a person who watches it; a log gets no such lines."""

from django.core.management.base import OutputWrapper


class Progress:
    def __init__(self, stderr: OutputWrapper, what: str, total: int | None = None) -> None:
        self._stderr, self._what = stderr, what
        self._of = "" if total is None else f" of {total}"
        self._shown = stderr.isatty()
        self.done = 0

    def add(self, count: int) -> None:
        self.done += count
        if self._shown:
            self._stderr.write(f"\r{self.done}{self._of} {self._what}", ending="")

    def end(self) -> None:
        if self._shown:
            self._stderr.write("")
