"""Local times, zones and durations of events. Local start, zone and duration are the truth; instants follow."""

import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib import import_module
from pathlib import Path
from zoneinfo import TZPATH, ZoneInfo, available_timezones

FIRST_YEAR, LAST_YEAR = 1970, 2200

_NOT_PLACES = {"Factory", "localtime", "posixrules"}
_DURATION = re.compile(r"P(?:(\d{1,4})W)?(?:(\d{1,5})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,8})M)?(?:(\d{1,9})S)?)?", re.ASCII)
_UNITS = (7 * 86_400, 86_400, 3600, 60, 1)
_TZDATA_VERSION = re.compile(r"# version (\w+)")


class NonexistentLocalTime(ValueError):
    """The clocks of this zone skip this local time."""


@cache
def zone_names() -> tuple[str, ...]:
    """IANA names that this installation knows, sorted."""
    return tuple(sorted(available_timezones() - _NOT_PLACES))


def instant(local: datetime, zone: str) -> datetime:
    """The UTC instant of a local time: the first one where clocks show it twice, the shifted one where they skip it."""
    return local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)


def existing_instant(local: datetime, zone: str) -> datetime:
    """Like ``instant``, but NonexistentLocalTime where the clocks skip ``local``."""
    at = instant(local, zone)
    if local_time(at, zone) != local:
        raise NonexistentLocalTime(f"{local.isoformat()} does not exist in {zone}")
    return at


def local_time(at: datetime, zone: str) -> datetime:
    """What the clocks of ``zone`` show at an instant, without zone."""
    return at.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)


def shown_twice(at: datetime, zone: str) -> bool:
    """Whether the clocks of ``zone`` show the local time of this instant at another one, too."""
    local = local_time(at, zone).replace(tzinfo=ZoneInfo(zone))
    first, second = local.utcoffset(), local.replace(fold=1).utcoffset()
    return first is not None and second is not None and first > second


def duration_text(seconds: int) -> str:
    """RFC 8984 §1.4.6 without days, which would be nominal: ``PT25H``, ``PT3H30M``, ``PT0S``."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{number}{unit}" for number, unit in ((hours, "H"), (minutes, "M"), (left, "S")) if number]
    return "PT" + ("".join(parts) or "0S")


def parsed_duration(text: str) -> int:
    """Seconds of an RFC 8984 §1.4.6 duration; weeks and days count as multiples of 24 hours. ValueError otherwise."""
    match = _DURATION.fullmatch(text)
    if match is None or text[-1] in "PT":
        raise ValueError("not a duration")
    return sum(int(part or 0) * unit for part, unit in zip(match.groups(), _UNITS, strict=True))


def utc_text(at: datetime) -> str:
    """RFC 3339 in UTC, whole seconds."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def seconds_between(start: datetime, end: datetime) -> int:
    return int((end - start) / timedelta(seconds=1))


@cache
def tzdata_version() -> str:
    """The release of the time zone database in use, such as ``2026f``; empty where it does not say."""
    return next(_tzdata_versions(), "")


def _tzdata_versions() -> Iterator[str]:
    """In the order in which zoneinfo looks: the system's directories, then the tzdata package."""
    for directory in TZPATH:
        source = Path(directory) / "tzdata.zi"
        if source.is_file():
            with source.open(encoding="utf-8") as lines:
                if match := _TZDATA_VERSION.match(lines.readline()):
                    yield match[1]
    with suppress(ImportError):
        yield str(import_module("tzdata").IANA_VERSION)
