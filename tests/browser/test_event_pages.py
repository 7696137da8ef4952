"""Sessions, participants and the calendar with the keyboard's and the mouse's means alone: no script."""

import re

import pytest

from shared_events.models import Registration

pytestmark = [pytest.mark.any_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(new_page, world):
    return new_page(world.root, java_script_enabled=False)


def test_a_session_is_added_and_another_removed(page, world):
    page.goto(f"/system/events/{world.event.pk}/sessions/")
    page.get_by_role("button", name="Add session").click()
    third = page.get_by_role("group", name="Session 3")
    third.get_by_label("Start Time").fill("2027-06-01T09:00")
    third.get_by_label("End Time").fill("2027-06-01T10:00")
    page.get_by_role("button", name="Remove session 1").click()
    page.get_by_role("group", name="Session 3").wait_for(state="detached")
    second = page.get_by_role("group", name="Session 2").get_by_label("End Time")
    assert second.input_value() == "2027-06-01T10:00"
    second.press("Enter")  # saves, and removes nothing
    page.get_by_text("Changes saved.").wait_for()
    world.event.refresh_from_db()
    assert [len(world.event.parts), str(world.event.end)] == [2, "2027-06-01 10:00:00"]


def test_a_participant_is_found_added_and_given_a_seat(page, world):
    page.goto(f"/system/events/{world.event.pk}/participants/")
    page.get_by_label("Name, user name, email or employee ID").fill("elina")
    page.get_by_role("button", name="Find users").click()
    page.get_by_role("button", name="Add Elina").click()
    page.get_by_text("Elina is on the waiting list: no seat is free.").wait_for()
    page.get_by_role("button", name="Move Elina up").click()
    page.get_by_text("Moved.").wait_for()
    page.get_by_role("link", name=re.compile("^Give a seat.*Elina$")).click()
    page.get_by_role("button", name="Give a seat").click()
    page.get_by_text("Seat given.").wait_for()
    assert Registration.objects.get(user=world.learner.pk).state == "confirmed"


def test_the_calendar_is_a_table_at_a_desk_and_a_list_on_a_phone(page, world):
    page.goto("/system/events/?kind=in_person")
    page.get_by_role("link", name="Calendar", exact=True).click()
    page.goto(f"/system/events/calendar/?kind=in_person&month={world.event.start:%Y-%m}")
    first, empty = page.get_by_role("link", name="First aid").first, page.locator("td.none").first
    first.wait_for()
    assert empty.is_visible()
    page.set_viewport_size({"width": 390, "height": 844})
    empty.wait_for(state="hidden")
    page.get_by_role("link", name="Next month").click()
    page.get_by_text("No events in this month.").wait_for()
    assert "kind=in_person" in page.url
    page.get_by_role("link", name="Previous month").click()
    first.click()
    page.get_by_role("heading", name="First aid").wait_for()
