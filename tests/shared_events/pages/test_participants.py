"""Tabs Seats and Participants, the list to print and the one to download."""

import pytest

from clients.administration import Action, ObjectType
from clients.models import AuditEntry
from clients.roles import Assigned, Permission
from scim.models import LmsUser
from shared_events.models import Registration, Seats
from tests.builders import make_administrator, make_holder, make_label, make_role, make_superadmin
from tests.shared_events.registrations.people import check, confirmed, enrol, make_learners, make_seats, waiting

pytestmark = pytest.mark.django_db


@pytest.fixture
def superadmin(client):
    client.force_login(make_superadmin())
    return client


def address(event, *parts):
    return "/".join(["/system/events", str(event.pk), *map(str, parts)]) + "/"


def text(answer):
    return answer.content.decode()


def registration(event, user):
    return Registration.objects.get(seats=event.pk, user=user)


class TestSeats:
    FILLED = {"capacity": "2", "minimum": "", "waiting_list": "on", "waiting_limit": "", "join_url": ""}

    def post(self, client, event, **changes):
        return client.post(address(event, "seats"), {**self.FILLED, **changes}, follow=True)

    def test_more_seats_say_who_got_one(self, superadmin):
        event = make_seats(1)
        enrol(event, *make_learners(4))
        answer = self.post(superadmin, event, capacity="3")
        assert "2 from the waiting list got seats." in text(answer)
        assert "3 of 3 seats taken, 1 waiting" in text(answer)
        check(event)

    def test_fewer_than_taken_asks_first(self, superadmin):
        event = make_seats(3)
        enrol(event, *make_learners(3))
        answer = self.post(superadmin, event, capacity="1")
        assert answer.status_code == 422
        assert "3 seats are taken: enter as many, or tick the box below." in text(answer)
        assert 'name="overbook"' in text(answer)
        assert "Changes saved." in text(self.post(superadmin, event, capacity="1", overbook="on"))
        check(event)

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            ({"capacity": "0"}, "Enter 1 or more."),
            ({"capacity": "many"}, "Enter a whole number."),
            ({"minimum": "3"}, "Enter a number that is not above the number of seats."),
            ({"join_url": "javascript:alert(1)"}, "Enter an address that begins with https://."),
        ],
    )
    def test_it_says_what_to_do(self, superadmin, changes, message):
        assert message in text(self.post(superadmin, make_seats(2), **changes))

    def test_an_event_that_never_had_seats(self, superadmin):
        event = make_seats(2)
        Seats.objects.all().delete()
        assert "Nobody registered" in text(superadmin.get(address(event, "seats")))
        assert "Changes saved." in text(self.post(superadmin, event))


class TestAdding:
    def test_from_the_search_to_the_seat(self, superadmin):
        event, (anna, bo) = make_seats(1), make_learners(2)
        page = superadmin.get(address(event, "participants"), {"find": "learner0"})
        assert "Add Learner 0" in text(page)
        assert "Learner 1" not in text(page)
        assert "Learner 0 has a seat." in text(self.add(superadmin, event, anna))
        assert "is on the waiting list: no seat is free." in text(self.add(superadmin, event, bo))
        assert "Not added: this user is registered already." in text(self.add(superadmin, event, bo))
        assert (confirmed(event), waiting(event)) == ([anna], [bo])
        assert AuditEntry.objects.filter(action="registration_added", via="page").count() == 2

    def add(self, client, event, user):
        return client.post(address(event, "participants", "add"), {"user": user}, follow=True)

    @pytest.mark.parametrize("user", ["", "x", "0", "9" * 30, "²", "-1"])
    def test_nobody(self, superadmin, user):
        assert "choose a user who is not blocked" in text(self.add(superadmin, make_seats(1), user))

    def test_blocked_users_are_neither_found_nor_added(self, superadmin):
        event, (user,) = make_seats(1), make_learners(1)
        LmsUser.objects.update(blocked=True, blocked_at="2026-01-01T00:00Z")
        assert "No user who is not blocked fits." in text(
            superadmin.get(address(event, "participants"), {"find": "learner"})
        )
        assert "choose a user who is not blocked" in text(self.add(superadmin, event, user))
        assert not Registration.objects.exists()

    def test_full_and_closed_are_told(self, superadmin):
        event, users = make_seats(1, waiting_list=False), make_learners(2)
        enrol(event, users[0])
        assert "no place on the waiting list" in text(self.add(superadmin, event, users[1]))
        superadmin.post(address(event, "cancel"))
        assert "the event is cancelled or archived" in text(self.add(superadmin, event, users[1]))


class TestTheList:
    def test_seats_first_then_the_line(self, superadmin):
        event, users = make_seats(2), make_learners(4)
        enrol(event, *users)
        page = superadmin.get(address(event, "participants"))
        assert [(row.name, row.position) for row in page.context["rows"]] == [
            ("Learner 0", None),
            ("Learner 1", None),
            ("Learner 2", 1),
            ("Learner 3", 2),
        ]
        assert "place 2" in text(page)
        names = [
            row.name for row in superadmin.get(address(event, "participants") + "?state=waitlisted").context["rows"]
        ]
        assert names == ["Learner 2", "Learner 3"]

    def test_cancelled_ones_are_shown_where_asked_for(self, superadmin):
        event, (user,) = make_seats(1), make_learners(1)
        (made,) = enrol(event, user)
        assert "no longer registered" in text(superadmin.get(address(event, "participants", made.pk, "cancel")))
        superadmin.post(address(event, "participants", made.pk, "cancel"))
        assert "Nobody is registered" in text(superadmin.get(address(event, "participants")))
        page = superadmin.get(address(event, "participants") + "?state=cancelled")
        assert "by an administrator" in text(page)

    def test_a_freed_seat_is_told(self, superadmin):
        event, users = make_seats(1), make_learners(2)
        made, _waiting = enrol(event, *users)
        answer = superadmin.post(address(event, "participants", made.pk, "cancel"), follow=True)
        assert "The seat went to the first on the waiting list." in text(answer)
        again = superadmin.post(address(event, "participants", made.pk, "cancel"), follow=True)
        assert "Nothing was changed" in text(again)

    def test_moving_and_giving_a_seat(self, superadmin):
        event, users = make_seats(1), make_learners(4)
        enrol(event, *users)
        last = registration(event, users[3])
        superadmin.post(address(event, "participants", last.pk, "move"), {"direction": "up"})
        assert waiting(event) == [users[1], users[3], users[2]]
        superadmin.post(address(event, "participants", last.pk, "move"), {"direction": "down"})
        assert waiting(event) == users[1:]
        assert "overbooked by this one" in text(superadmin.get(address(event, "participants", last.pk, "seat")))
        superadmin.post(address(event, "participants", last.pk, "seat"))
        assert confirmed(event) == [users[0], users[3]]
        check(event)

    def test_a_long_list_costs_as_many_queries_as_a_short_one(self, superadmin, django_assert_max_num_queries):
        event = make_seats(10)
        enrol(event, *make_learners(14))
        superadmin.get(address(event, "participants"))
        with django_assert_max_num_queries(14):
            superadmin.get(address(event, "participants"))

    def test_a_registration_of_another_event_is_not_found(self, superadmin):
        event, (user,) = make_seats(1), make_learners(1)
        (made,) = enrol(event, user)
        for action in ("cancel", "seat", "move"):
            assert superadmin.post(address(make_seats(1), "participants", made.pk, action)).status_code == 404
        assert confirmed(event) == [user]


class TestRights:
    @pytest.fixture
    def event(self, db):
        event = make_seats(2)
        event.labels.add(make_label("Here"))
        enrol(event, *make_learners(2, "person"))
        return event

    def test_who_may_not_look_at_users_sees_numbers_only(self, client, event):
        client.force_login(make_administrator(event.labels.get()))
        page = text(client.get(address(event, "participants")))
        assert "names need the permission to view users" in page
        assert "2 of 2 seats taken" in page
        assert "erson 0" not in page
        assert 'name="find"' not in page
        for path in (("participants", "print"), ("participants", "add")):
            method = client.post if path[-1] == "add" else client.get
            assert method(address(event, *path), {"user": "1"}).status_code == 403
        assert client.get(f"/system/events/{event.pk}/participants.csv").status_code == 403

    def test_who_may_only_look_changes_nothing(self, client, event):
        viewer = make_role("Viewer", *(Permission(kind, Action.VIEW) for kind in (ObjectType.EVENT, ObjectType.USER)))
        client.force_login(make_holder(Assigned(viewer)))
        page = text(client.get(address(event, "participants")))
        assert "Person 0" in page
        assert "Cancel registration" not in page
        made = Registration.objects.first()
        for path in (("seats",), *(("participants", made.pk, action) for action in ("cancel", "seat", "move"))):
            assert client.post(address(event, *path)).status_code == 403
        assert client.post(address(event, "participants", "add"), {"user": "1"}).status_code == 403
        assert client.get(f"/system/events/{event.pk}/participants.csv").status_code == 403

    def test_another_s_event_does_not_exist(self, client, event):
        client.force_login(make_administrator(make_label("Elsewhere")))
        made = Registration.objects.first()
        for path in (("sessions",), ("seats",), ("participants",)):
            assert client.get(address(event, *path)).status_code == 404
        for action in ("cancel", "seat", "move"):
            assert client.post(address(event, "participants", made.pk, action)).status_code == 404


class TestPaper:
    def test_the_list_to_print(self, superadmin):
        event, users = make_seats(2, title="First <aid>"), make_learners(3)
        enrol(event, *users)
        LmsUser.objects.filter(pk=users[1]).update(display_name="Aino <A>")
        page = superadmin.get(address(event, "participants", "print"))
        assert [one.name for one in page.context["seated"]] == ["Aino <A>", "Learner 0"]
        assert [one.name for one in page.context["waiting"]] == ["Learner 2"]
        assert "Aino &lt;A&gt;" in text(page)
        assert "Signature" in text(page)

    def test_the_download_has_no_formulas(self, superadmin):
        event, users = make_seats(1), make_learners(2)
        enrol(event, *users)
        LmsUser.objects.filter(pk=users[0]).update(display_name="=HYPERLINK(1)")
        answer = superadmin.get(f"/system/events/{event.pk}/participants.csv")
        lines = b"".join(answer.streaming_content).decode().splitlines()
        assert lines[0] == "Name,User name,State,Place on the waiting list,Registered"
        assert lines[1].startswith("'=HYPERLINK(1),learner0,Confirmed,,")
        assert lines[2].startswith("Learner 1,learner1,Waiting,1,")

    def test_who_was_deleted_is_not_named(self, superadmin):
        event, (user,) = make_seats(1), make_learners(1)
        enrol(event, user)
        Registration.objects.update(user=None)
        assert "Deleted user" in text(superadmin.get(address(event, "participants")))
