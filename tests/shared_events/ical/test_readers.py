"""Calendar programs that others wrote find the same instants in every zone, around every change."""

import io
import json
import subprocess
from datetime import UTC, datetime, timedelta

import icalendar as reader
import pytest
from dateutil.tz import tzical

from shared_events.calendar import instant, local_time, utc_text, zone_names
from shared_events.ical.export import icalendar
from shared_events.ical.zones import observances
from tests.gunicorn import ROOT

pytestmark = pytest.mark.any_database
FIRST, LAST = 2026, 2028  # Europe, America and Ramadan, which moves
MINUTES = (-61, -1, 1, 61)


def moments(zone):
    """Local times around each change, and in the middle of each half of the year."""
    changes = [observance.onset for observance in observances(zone, FIRST, LAST)[1:]]
    around = [onset + timedelta(minutes=minutes) for onset in changes for minutes in MINUTES]
    between = [
        datetime.fromisoformat(f"{year}-0{month}-15T12:00") for year in range(FIRST, LAST + 1) for month in (1, 7)
    ]
    return [start for start in around + between if exists(start, zone)]


def exists(local, zone):
    """A local time that the clocks skip is no start of an event."""
    return local_time(instant(local, zone), zone) == local


def document(uid, start, zone, hours=30):
    made = utc_text(datetime(2026, 1, 1, tzinfo=UTC))
    event = {"uid": uid, "title": "T", "start": start.isoformat(), "timeZone": zone, "duration": f"PT{hours}H"}
    return {
        "event": {**event, "status": "confirmed", "created": made, "updated": made},
        "training": {"kind": "online"},
    }


@pytest.fixture(scope="module")
def exported():
    """The calendar, and per event the instants of its start and end in seconds since 1970."""
    wanted, documents = {}, []
    for zone in {observances(zone, FIRST, LAST): zone for zone in zone_names()}.values():  # many are the same
        for start in moments(zone):
            uid = f"{zone} {start:%Y-%m-%d %H:%M}"
            begins = instant(start, zone)
            wanted[uid] = [int(begins.timestamp()), int((begins + timedelta(hours=30)).timestamp())]
            documents.append(document(uid, start, zone))
    return icalendar(documents, name="All"), wanted


def test_there_are_zones_with_changes_and_without(exported):
    _, wanted = exported
    zones = {uid.split()[0] for uid in wanted}
    assert len(zone_names()) > 400
    assert len(zones) > 60
    assert len(wanted) > 1_000


def test_ical_js(exported):
    calendar, wanted = exported
    command = ["node", ROOT / "tests" / "js" / "ical-instants.mjs"]
    done = subprocess.run(command, input=calendar, capture_output=True, timeout=300, check=True)
    found = json.loads(done.stdout)
    assert {uid: (found[uid], told) for uid, told in wanted.items() if found[uid] != told} == {}


def test_dateutil(exported):
    calendar, wanted = exported
    zones = tzical(io.StringIO(calendar.decode().replace("\r\n", "\n")))
    found = {}
    for event in reader.Calendar.from_ical(calendar).walk("VEVENT"):
        times = (read(event[name], zones) for name in ("DTSTART", "DTEND"))
        found[str(event["UID"])] = [int(at.timestamp()) for at in times]
    assert {uid: (found[uid], told) for uid, told in wanted.items() if found[uid] != told} == {}


def read(value, zones):
    """By the calendar's own VTIMEZONE: the library that wrote it would look into its time zone database."""
    zone = value.params.get("TZID")
    return value.dt.replace(tzinfo=zones.get(zone)) if zone else value.dt
