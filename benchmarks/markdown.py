"""The benchmarks' columns of text as Markdown."""

import re
from collections.abc import Sequence

BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
_GAP = re.compile(r"\s{2,}")


def page(machine: str, sections: Sequence[str]) -> str:
    return "\n\n".join([f"Measured {machine}.", *sections])


def section(title: str, command: str, printed: str, code: int) -> str:
    verdict = {0: "within all limits", 1: "**a limit was exceeded**"}.get(code, f"**broke off with {code}**")
    tables = "\n\n".join(_table(block) for block in re.split(r"\n\s*\n", printed.strip("\n")) if block.strip())
    return f"### {title}\n\n`{command}`: {verdict}.\n\n{tables}".rstrip()


def replaced(document: str, text: str) -> str:
    """``document`` with ``text`` between its two marks."""
    before, mark, rest = document.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError(f"{BEGIN} and {END} expected")
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def _table(block: str) -> str:
    """Lines of columns two blanks apart. A line before the heads, and what is no row, stays text."""
    lines = block.splitlines()
    heads = next((number for number, line in enumerate(lines) if line.startswith("  ") and line.strip()), None)
    if heads is None:
        return "\n".join(line.strip() for line in lines)
    rows = [_GAP.split(line.strip()) for line in lines[heads + 1 :] if line.strip()]
    names = _GAP.split(lines[heads].strip())
    width = max(map(len, [names, *rows]))
    names = [""] * max(1, width - len(names)) + names
    width = len(names)
    ruler = ["---"] + ["---:"] * (width - 1)
    table = [names, ruler, *([*row, *[""] * (width - len(row))] for row in rows)]
    told = [line.strip() for line in lines[:heads] if line.strip()]
    return "\n".join([*told, *([""] if told else []), *(f"| {' | '.join(row)} |" for row in table)])
