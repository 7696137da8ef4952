"""What another host may send, and what is refused of it."""

import json
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared_events.calendar import duration_text, parsed_duration
from shared_events.canonical import canonical, digest
from shared_events.peers.incoming import BadItem, Refused, Remove, UnreadablePage, Upsert, read_page, read_single

texts = st.text(st.characters(exclude_characters="\0", codec="utf-8"))
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
)
ORIGIN = "urn:uuid:host"
UID = str(uuid.uuid4())


def item(*, etag=True, training=None, event=None, **members):
    content = {
        "event": {
            "@type": "Event",
            "uid": UID,
            "title": "First aid",
            "start": "2027-03-29T09:00:00",
            "timeZone": "Europe/Helsinki",
            "duration": "PT3H30M",
            "status": "confirmed",
            "locations": {"1": {"name": "Room 5"}},
            **(event or {}),
        },
        "training": training or {"kind": "in_person"},
    }
    made = {"seq": 1, "kind": "event", "op": "upsert", "uid": UID, "rev": 3, **content, **members}
    if etag:
        try:
            made["etag"] = f'"{made["rev"]}-{digest(canonical(content))[:16]}"'
        except (TypeError, UnicodeEncodeError):
            made["etag"] = "?"
    return made


def page(*items, **members):
    whole = {"from": "", "origin": ORIGIN, "epoch": "e", "items": list(items), "next": "n", "has_more": False}
    return json.dumps({**whole, "complete_through": "2026-11-23T10:02:11Z", **members}).encode()


def read(*items, **members):
    return read_page(page(*items, **members), sent="", origin=ORIGIN)


def test_an_item_is_read():
    (found,) = read(item(event={"x-unknown": [1]})).items
    assert isinstance(found, Upsert)
    assert (found.title, found.kind, found.status, found.location_name) == (
        "First aid",
        "in_person",
        "confirmed",
        "Room 5",
    )
    assert found.starts_at == datetime(2027, 3, 29, 6, tzinfo=UTC)
    assert found.ends_at == datetime(2027, 3, 29, 9, 30, tzinfo=UTC)
    assert json.loads(found.document)["event"]["x-unknown"] == [1]


def test_a_removal_is_read():
    (found,) = read({"kind": "event", "op": "remove", "uid": UID, "rev": 9, "reason": "unshared"}).items
    assert found == Remove(uuid.UUID(UID), 9, "unshared")


def test_kinds_of_later_versions_are_passed_over():
    assert read({"kind": "room", "op": "upsert", "uid": UID}).items == []


def test_words_of_an_open_set_are_taken():
    (found,) = read(item(event={"status": "x-postponed"}, training={"kind": "x-metaverse"})).items
    assert (found.status, found.kind) == ("x-postponed", "x-metaverse")


BAD_ITEMS = {
    "no object": (5, "not an object"),
    "no kind": ({"uid": UID}, "kind"),
    "kind no text": ({"uid": UID, "kind": ["event"]}, "kind"),
    **{
        f"NUL in {name.strip(chr(0))}": (item(event={name: value}), "NUL")
        for name, value in {
            "title": "First\0aid",
            "description": "\0",
            "status": "confirmed\0",
            "timeZone": "Europe/Helsinki\0",
            "start": "2027-03-29T09:00:00\0",
            "duration": "PT1H\0",
            "locations": {"1": {"name": "Room\0"}},
            "x-unknown": [{"deep": "\0"}],
            "x-name-\0": 1,
        }.items()
    },
    "NUL in training": (item(training={"kind": "in_person\0"}), "NUL"),
    "NUL in uid": (item(uid=UID + "\0"), "NUL"),
    "NUL in etag": (item() | {"etag": "\0"}, "NUL"),
    "NUL in a reason": ({"kind": "event", "op": "remove", "uid": UID, "rev": 9, "reason": "un\0shared"}, "NUL"),
    "half of a pair": (item(event={"title": "\ud83d"}), "surrogate"),
    "half of a pair in a name": (item(event={"x-\udc00": 1}), "surrogate"),
    "deeper than 32": (item(event={"x": json.loads("[" * 40 + "]" * 40)}), "32 levels"),
    "a number too large": (item(event={"x": 2**53}), "too large"),
    "a number far too large": (item(event={"x": 10**4000}), "too large"),
    "infinity": (item(event={"x": float("inf")}), "fraction"),
    "no number": (item(event={"x": float("nan")}), "fraction"),
    "rev too large": (item(rev=2**63), "too large"),
    "date without time": (item(event={"start": "2027-03-29"}), "start"),
    "date of a week": (item(event={"start": "2027-W01-1T09:00:00"}), "start"),
    "day that is none": (item(event={"start": "2027-02-30T09:00:00"}), "start"),
    "digits of another script": (item(event={"start": "२०२७-03-29T09:00:00"}), "start"),
    "duration of a year and a day": (item(event={"duration": "P367D"}), "duration"),
    "uid a number": (item(uid=5), "UUID"),
    "title no text": (item(event={"title": ["x"]}), "title"),
    "place no object": (item(event={"locations": {"1": "Room 5"}}), "locations"),
    "uid missing": (item(uid=None), "UUID"),
    "uid spelled otherwise": (item(uid=UID.upper().replace("-", "")), "UUID"),
    "another uid inside": (item(event={"uid": str(uuid.uuid4())}), "another uid"),
    "rev no number": (item(rev="3"), "rev"),
    "rev negative": (item(rev=-1), "rev"),
    "rev a boolean": (item(rev=True), "rev"),
    "no event": (item(etag=False, op="upsert") | {"event": None}, "missing"),
    "unknown op": (item(op="merge"), "op"),
    "etag of other content": ({**item(), "etag": '"3-0000000000000000"'}, "etag"),
    "a fraction": (item(event={"x": 1.5}), "fraction"),
    "title missing": (item(event={"title": ""}), "title"),
    "title too long": (item(event={"title": "x" * 256}), "title"),
    "description too long": (item(event={"description": "x" * 70_000}), "description"),
    "larger than 256 KiB": (item(event={"x": "y" * 300_000}), "256 KiB"),
    "year 9999": (item(event={"start": "9999-01-01T00:00:00"}), "1970"),
    "start with a zone": (item(event={"start": "2027-01-01T00:00:00Z"}), "start"),
    "start missing": (item(event={"start": None}), "start"),
    "unknown zone": (item(event={"timeZone": "Mars/Base"}), "timeZone"),
    "zone no text": (item(event={"timeZone": None}), "timeZone"),
    "duration of nothing": (item(event={"duration": "PT0S"}), "duration"),
    "duration nonsense": (item(event={"duration": "3 hours"}), "duration"),
    "status missing": (item(event={"status": ""}), "status"),
    "kind too long": (item(training={"kind": "x" * 65}), "training.kind"),
    "locations no object": (item(event={"locations": []}), "locations"),
    "created no time": (item(event={"created": "yesterday"}), "created"),
    "created no text": (item(event={"created": 5}), "created"),
    "updated without zone": (item(event={"updated": "2026-11-23T10:02:11"}), "updated"),
    "sequence no number": (item(event={"sequence": "1"}), "sequence"),
    "sequence a boolean": (item(event={"sequence": True}), "sequence"),
    "sequence beyond calendars": (item(event={"sequence": 2**31}), "sequence"),
    "name of a second place no text": (item(event={"locations": {"1": {"name": "A"}, "2": {"name": 5}}}), "location"),
    "location name too long": (item(event={"locations": {"1": {"name": "x" * 256}}}), "location"),
    "removal without reason": ({"kind": "event", "op": "remove", "uid": UID, "rev": 1}, "reason"),
}


@pytest.mark.parametrize(("bad", "words"), BAD_ITEMS.values(), ids=BAD_ITEMS)
def test_a_bad_item_is_set_aside_with_its_reason_and_the_others_are_read(bad, words):
    refused, good = read(bad, item()).items
    assert isinstance(refused, Refused)
    assert words in refused.problem
    assert isinstance(good, Upsert)
    assert len(refused.ref) <= 64
    (refused.ref + refused.document + refused.problem).encode()  # as every database takes it
    assert "\0" not in refused.ref + refused.document + refused.problem


def test_a_name_given_twice_spoils_its_item():
    text = page(item(event={"title": "Mine"}, etag=False), item()).decode()
    (refused, good) = read_page(
        text.replace('"title": "Mine"', '"title": "Mine", "title": "Yours"').encode(), sent="", origin=ORIGIN
    ).items
    assert (refused.ref, refused.problem) == (UID, "an object has a name twice")
    assert isinstance(good, Upsert)


def test_items_without_uid_are_told_apart():
    first, second, again = (found.ref for found in read(5, 6, 5).items)
    assert first != second
    assert first == again


def nested(levels):
    return "[" * levels + "]" * levels


BAD_PAGES = {
    "not JSON": b"<html>",
    "not UTF-8": b'{"from":"\xff"}',
    "no object": b"[]",
    "too deep": page().replace(b"[]", nested(250).encode()),
    "far too deep": page().replace(b"[]", nested(100_000).encode()),
    "something behind it": page() + b"x",
    "items twice": page().replace(b'"items": []', b'"items": [], "items": []'),
    "a NUL that is not escaped": page().replace(b'"e"', b'"\0"'),
    "a NUL in the epoch": page(epoch="e\0"),
    "half of a pair in next": page(next="\ud83d"),
    "answers another cursor": page(**{"from": "other"}),
    "of another host": page(origin="urn:uuid:other"),
    "has_more missing": page(has_more=None),
    "items no list": page(items={}),
    "next missing": page(next=""),
    "epoch too long": page(epoch="x" * 65),
    "complete_through missing": page(complete_through=None),
    "complete_through no time": page(complete_through="yesterday"),
    "complete_through beyond all time": page(complete_through="9999-12-31T23:59:59-12:00"),
    "complete_through without zone": page(complete_through="2026-11-23T10:02:11"),
}


@pytest.mark.parametrize("body", BAD_PAGES.values(), ids=BAD_PAGES)
def test_a_bad_page_is_refused_whole(body):
    with pytest.raises(UnreadablePage):
        read_page(body, sent="", origin=ORIGIN)


def test_a_single_event_is_read():
    whole = {"origin": ORIGIN, "epoch": "e2", **item(etag=False)}
    epoch, found = read_single(json.dumps(whole).encode(), origin=ORIGIN)
    assert (epoch, found.title) == ("e2", "First aid")
    with pytest.raises(UnreadablePage):
        read_single(json.dumps(whole).encode(), origin="urn:uuid:other")
    with pytest.raises(BadItem):
        read_single(json.dumps(whole | {"rev": None}).encode(), origin=ORIGIN)


@given(json_values)
def test_nothing_that_is_json_breaks_the_reader(value):
    for made in (read(value), read({"kind": "event", "uid": UID, "rev": 1, "event": value, "training": value})):
        assert all(isinstance(found, Refused) for found in made.items)


@given(st.integers(1, 10**7))
def test_durations_are_read_as_they_are_written(seconds):
    assert parsed_duration(duration_text(seconds)) == seconds


@pytest.mark.parametrize(("text", "seconds"), [("P1W", 604_800), ("P1DT1H", 90_000), ("PT90M", 5400)])
def test_durations_that_others_write(text, seconds):
    assert parsed_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "PT1.5H", "-PT1H", "pt1h", "PT1S1H"])
def test_texts_that_are_no_durations(text):
    with pytest.raises(ValueError, match="duration"):
        parsed_duration(text)
