import pytest

from clients.administration import Action, ObjectType
from clients.models import AuditEntry
from clients.roles import Assigned, Permission
from shared_events.models import Event
from shared_events.pages.event_form import MAX_INFO_BYTES, EventForm
from tests.builders import make_administrator, make_holder, make_label, make_role, make_superadmin
from tests.shared_events.builders import make_event, make_share_labels

pytestmark = pytest.mark.django_db

FILLED = {
    "title": "First aid",
    "kind": "in_person",
    "location_name": "Room 5",
    "start": "2027-03-29T09:00",
    "end": "2027-03-29T12:30",
    "time_zone": "Europe/Helsinki",
    "info": "Bring shoes.",
    "status": "planned",
    "stage": "published",
    "shared": "on",
}


def form(**changes):
    return EventForm({**FILLED, **changes}, user=make_superadmin())


@pytest.mark.parametrize(
    ("start", "end", "zone", "seconds"),
    [
        pytest.param("2027-03-29T09:00", "2027-03-29T12:30", "Europe/Helsinki", 12_600, id="a plain day"),
        pytest.param("2027-03-28T02:00", "2027-03-28T05:00", "Europe/Helsinki", 7_200, id="clocks put forward"),
        pytest.param("2027-10-31T02:00", "2027-10-31T05:00", "Europe/Helsinki", 14_400, id="clocks put back"),
        pytest.param("2027-10-31T03:30", "2027-10-31T04:00", "Europe/Helsinki", 5_400, id="ambiguous: the first"),
        pytest.param("2027-03-28T03:30", "2027-03-28T04:00", "UTC", 1_800, id="a zone without clock changes"),
    ],
)
def test_the_duration_is_the_time_that_passes(start, end, zone, seconds):
    filled = form(start=start, end=end, time_zone=zone)
    assert filled.is_valid(), filled.errors
    assert filled.values["duration_seconds"] == seconds


SKIPPED = "Enter another time: the clocks of Europe/Helsinki are put forward then and skip this one."


@pytest.mark.parametrize(
    ("changes", "field", "message"),
    [
        ({"title": " "}, "title", "Enter a name for the event."),
        ({"title": "x" * 256}, "title", "Name must be 255 characters or fewer (now 256)."),
        ({"start": ""}, "start", "Enter when the event starts."),
        ({"end": ""}, "end", "Enter when the event ends."),
        ({"end": "2027-03-29T09:00"}, "end", "Enter an end after the start."),
        ({"end": "2027-03-28T09:00"}, "end", "Enter an end after the start."),
        ({"start": "2027-03-28T03:30"}, "start", SKIPPED),
        ({"start": "2027-03-28T02:30", "end": "2027-03-28T03:59"}, "end", SKIPPED),
        ({"time_zone": "Europe/Nowhere"}, "time_zone", "Choose a time zone from the list."),
        ({"time_zone": "../../etc/passwd"}, "time_zone", "Choose a time zone from the list."),
        ({"info": "ä" * (MAX_INFO_BYTES // 2 + 1)}, "info", "Shorten the text: it may have up to 64 KiB."),
        ({"info": "a\0b"}, "info", "Null characters are not allowed."),
    ],
)
def test_it_says_what_to_do(changes, field, message):
    assert form(**changes).errors[field] == [message]


@pytest.mark.parametrize("changes", [{"kind": "x"}, {"status": "cancelled"}, {"stage": "x"}])
def test_it_takes_only_what_it_offers(changes):
    assert list(form(**changes).errors) == list(changes)


def test_lines_end_alike():
    filled = form(info="one\r\ntwo")
    assert filled.is_valid()
    assert filled.values["info"] == "one\ntwo"


def test_share_labels_are_chosen_kept_and_taken_off_again(client):
    safety, fire = make_share_labels()
    client.force_login(make_superadmin())
    client.post("/system/events/add/", {**FILLED, "share_labels": [fire.pk]})
    event = Event.objects.get()
    assert list(event.share_labels.all()) == [fire]
    client.post(event.get_absolute_url(), {**FILLED, "share_labels": [safety.pk, fire.pk]})
    assert AuditEntry.objects.get(action="event_updated").facts == {
        "share_labels": [["Safety / Fire"], ["Safety", "Safety / Fire"]]
    }
    client.post(event.get_absolute_url(), FILLED)
    assert not event.share_labels.exists()


def test_a_refused_form_keeps_the_share_labels_that_were_chosen(client):
    safety, fire = make_share_labels()
    client.force_login(make_superadmin())
    page = client.post("/system/events/add/", {**FILLED, "title": "", "share_labels": [fire.pk]}).content.decode()
    assert f'name="share_labels" value="{fire.pk}" data-path="Safety / Fire" checked' in page
    assert f'name="share_labels" value="{safety.pk}" data-path="Safety">' in page


def test_an_unknown_share_label_is_refused():
    make_share_labels()
    assert form(share_labels=["999"]).errors["share_labels"] == ["Choose labels from the list."]


def test_who_is_limited_by_labels_chooses_share_labels_but_cannot_make_the_first(client):
    hr = make_label("HR")
    anna = make_administrator(hr)
    assert "share_labels" not in EventForm(None, user=anna).fields
    safety, _fire = make_share_labels()
    filled = EventForm({**FILLED, "labels": [hr.pk], "share_labels": [safety.pk]}, user=anna)
    assert filled.is_valid(), filled.errors
    assert filled.chosen_share_labels == [safety]


def test_a_form_without_the_field_leaves_share_labels_alone():
    filled = EventForm({**FILLED, "labels": [make_label("HR").pk]}, user=make_administrator(make_label("IT")))
    assert filled.chosen_share_labels is None


def test_the_first_share_label_is_told_to_who_may_make_it():
    assert "There are no share labels yet." in str(EventForm(None, user=make_superadmin())["share_labels"])


def test_who_may_only_look_reads_the_share_labels(client):
    event = make_event()
    event.share_labels.set(make_share_labels())
    reader = make_role("Reader", Permission(ObjectType.EVENT, Action.VIEW))
    client.force_login(make_holder(Assigned(reader)))
    page = client.get(event.get_absolute_url()).content.decode()
    assert "Safety, Safety / Fire" in page
