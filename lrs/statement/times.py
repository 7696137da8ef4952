"""Timestamps and durations (xAPI 1.0.3 Data §4.5-4.6; xAPI 2.0 takes RFC 3339)."""

import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from lrs.statement.shapes import expected, formatted
from lrs.statement.types import FINE, Problem, Problems, Version

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_DAY = date(1970, 1, 1).toordinal()
_LAST_DAY = date.max.toordinal() - _EPOCH_DAY

_FRACTION = r"(?:[.,](?P<fraction>[0-9]+))?"
_EXTENDED = (
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    rf"T(?P<hour>[0-9]{{2}}):(?P<minute>[0-9]{{2}})(?::(?P<second>[0-9]{{2}}){_FRACTION})?"
)
_BASIC = re.sub(r"(?<=\))-|(?<=\)):|(?<=\?:):", "", _EXTENDED)
_OFFSET = r"(?P<offset>Z|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_FORMS = {
    Version.V1: (re.compile(_EXTENDED + _OFFSET), re.compile(_BASIC + _OFFSET)),
    Version.V2: (
        re.compile(
            r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
            r"[Tt](?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]+))?"
            r"(?P<offset>[Zz]|[+-][0-9]{2}:[0-9]{2})"
        ),
    ),
}
_WRONG = {
    Version.V1: (Problem("not an ISO 8601 date and time"),),
    Version.V2: (Problem("not an RFC 3339 date and time with an offset"),),
}
_ZERO_OFFSETS = {None, "Z", "z", "+00", "+0000", "+00:00"}


def timestamp(value: Any, version: Version) -> Problems:
    if type(value) is not str:
        return expected("a string", value)
    return FINE if instant(value, version) is not None else _WRONG[version]


def instant(text: str, version: Version = Version.V1) -> int | None:
    """Microseconds since 1970, further digits cut; None where the text is no timestamp. No offset means UTC."""
    match = _match(text, version)
    if match is None:
        return None
    minutes = _minutes(match)
    second = int(match["second"] or 0)
    if minutes is None or second > 60:  # noqa: PLR2004 - a leap second
        return None
    return (minutes * 60 + second) * 1_000_000 + int((match["fraction"] or "0")[:6].ljust(6, "0"))


def _match(text: str, version: Version) -> re.Match[str] | None:
    for form in _FORMS[version]:
        if match := form.fullmatch(text):
            return match
    return None


def _minutes(match: re.Match[str]) -> int | None:
    """Minutes since 1970 in UTC, or None for a date, time or offset that does not exist or leaves the years 1-9999."""
    try:
        day = date(int(match["year"]), int(match["month"]), int(match["day"])).toordinal() - _EPOCH_DAY
    except ValueError:
        return None
    hour, minute, shift = int(match["hour"]), int(match["minute"]), _shift(match["offset"])
    if hour > 23 or minute > 59 or shift is None:  # noqa: PLR2004
        return None
    minutes = day * 1440 + hour * 60 + minute - shift
    return minutes if 1 - _EPOCH_DAY <= minutes // 1440 <= _LAST_DAY else None


def _shift(offset: str | None) -> int | None:
    """Minutes ahead of UTC; None for ``-00:00``, which says the offset is unknown (RFC 3339 §4.3)."""
    if offset in _ZERO_OFFSETS:
        return 0
    digits = offset[1:].replace(":", "")  # type: ignore[index]
    hours, minutes = int(digits[:2]), int(digits[2:] or 0)
    if hours > 23 or minutes > 59 or not (hours or minutes):  # noqa: PLR2004
        return None
    return (hours * 60 + minutes) * (-1 if offset[0] == "-" else 1)  # type: ignore[index]


def in_utc(text: str, version: Version) -> str:
    """The same instant in UTC with every digit kept; a timestamp with offset zero or none stays as it is."""
    match = _match(text, version)
    if match is None or match["offset"] in _ZERO_OFFSETS:
        return text
    minute = _in_text(60 * (_minutes(match) or 0), "minutes")
    fraction = f".{match['fraction']}" if match["fraction"] else ""
    return f"{minute}:{match['second'] or '00'}{fraction}Z"


def written(microseconds: int) -> str:
    """Microseconds since 1970 as the LRS writes ``stored``: always six decimals and ``Z``."""
    seconds, fraction = divmod(microseconds, 1_000_000)
    return f"{_in_text(seconds, 'seconds')}.{fraction:06}Z"


def _in_text(seconds: int, precision: str) -> str:
    """Without offset; unlike strftime, isoformat writes four digits of every year."""
    return (_EPOCH + timedelta(seconds=seconds)).isoformat(timespec=precision).removesuffix("+00:00")


_NUMBER = r"([0-9]+(?:[.,][0-9]+)?)"
_DURATION = re.compile(
    rf"P(?:{_NUMBER}W|(?=[0-9T])(?:{_NUMBER}Y)?(?:{_NUMBER}M)?(?:{_NUMBER}D)?"
    rf"(?:T(?=[0-9])(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?)"
)
_EARLY_FRACTION = re.compile(r"[.,][0-9]+[A-Z].*[0-9]")  # ISO 8601 §4.4.3.2: only the last part may have a fraction


def is_duration(text: str) -> bool:
    return _DURATION.fullmatch(text) is not None and _EARLY_FRACTION.search(text) is None


duration = formatted(is_duration, "not an ISO 8601 duration such as PT1H30M or P2W")


def comparable_duration(text: str) -> str:
    """Equal for durations of equal parts: zeros and what lies beyond 0.01 s do not count (xAPI 1.0.3 Data §4.6)."""
    return _remembered(text) if len(text) <= _LONGEST_REMEMBERED else _comparable(text)


def _comparable(text: str) -> str:
    match = _DURATION.fullmatch(text)
    if match is None:
        return text
    return ",".join(
        _plain(part or "", 2 if unit == "S" else None) for part, unit in zip(match.groups(), "WYMDHMS", strict=True)
    )


_LONGEST_REMEMBERED = 32  # characters; memory stays bounded whatever is sent
_remembered = lru_cache(4096)(_comparable)


def _plain(part: str, digits: int | None) -> str:
    whole, _, fraction = part.replace(",", ".").partition(".")
    fraction = fraction[:digits].rstrip("0")
    return whole.lstrip("0") + ("." + fraction if fraction else "")
