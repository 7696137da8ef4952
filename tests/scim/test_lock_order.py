"""Changes that cross on PostgreSQL: each waits for the other in one order, so that none is the victim of a deadlock."""

import threading
import time
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from scim.blocking import set_blocked
from scim.models import LmsUser, ScimLink, ScimMembership
from scim.retention import purge_users
from tests.builders import BY
from tests.scim.conftest import Directory, make_directory, person

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]
PATIENCE = 60  # seconds until a test gives up


@pytest.fixture
def hr():
    return make_directory("hr")


def replace(path, value):
    return {"op": "replace", "path": path, "value": value}


def crossing(held, *calls):
    """Start ``calls`` one after the other, each waiting for the row ``held`` or for who waits for it, then let go."""
    return meeting(partial(type(held).objects.select_for_update().get, pk=held.pk), *calls)


def meeting(hold, *calls):
    """Start ``calls`` one after the other, each waiting for ``hold`` or for who waits for it, then undo that."""
    answers = [None] * len(calls)

    def run(position, call):
        try:
            answers[position] = call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(calls)]
    with transaction.atomic():
        hold()
        for number, thread in enumerate(threads, 1):
            thread.start()
            _until_waiting(number)
        transaction.set_rollback(True)
    for thread in threads:
        thread.join(PATIENCE)
    return [getattr(answer, "status_code", answer) for answer in answers]


def _until_waiting(count):
    """So many connections to this database wait for a lock."""
    until = time.monotonic() + PATIENCE
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while time.monotonic() < until:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_stat_clear_snapshot()")
            cursor.execute(waiting)
            if cursor.fetchone()[0] >= count:
                return
        time.sleep(0.01)
    raise AssertionError(f"{count} do not wait")


def on_its_own(directory):
    """The same directory on another connection."""
    return Directory(directory.configuration, directory.bearer)


def patch(directory, scim_id, *operations):
    return partial(on_its_own(directory).patch, scim_id, *operations)


def delete(directory, scim_id):
    return partial(on_its_own(directory).send, "DELETE", f"/Users/{scim_id}")


class TestUserOfSeveralConfigurations:
    @pytest.fixture
    def shared(self, hr):
        """Makes a user in three configurations: each directory with the id it knows the user by."""
        values = {"existing_users": "visible", "flags": {"shared_users": True}}
        directories = [hr, make_directory("one", **values), make_directory("two", **values)]

        def make(name):
            hr.created(name)
            user = LmsUser.objects.get(user_name=name)
            known = dict(user.links.values_list("configuration", "scim_id"))
            return user, [(one, str(known[one.configuration.pk])) for one in directories]

        return make

    def test_patches_by_all_change_all(self, shared):
        user, known = shared("a@x.test")
        changes = [("title", "Planner"), ("displayName", "Aino"), ("nickName", "Ai")]
        calls = [patch(*one, replace(*change)) for one, change in zip(known, changes, strict=True)]
        assert crossing(user, *calls) == [200, 200, 200]
        for directory, scim_id in known:
            body = directory.get(f"/Users/{scim_id}").json()
            assert (body["title"], body["displayName"]) == ("Planner", "Aino")

    def test_blocks_and_deletions_and_patches(self, shared):
        """Whoever comes first."""
        for name in ("block", "patch", "delete", "then patch"):
            user, known = shared(f"{name.replace(' ', '')}@x.test")
            change = patch(*known[1], replace("title", "Planner"))
            if name in ("block", "patch"):
                ends, answer = partial(set_blocked, user, blocked=True, reason="left", by=BY), None
            else:
                ends, answer = delete(*known[0]), 204
            calls = {change: 200, ends: answer}
            order = [change, ends] if name in ("patch", "then patch") else [ends, change]
            assert crossing(user, *order) == [calls[one] for one in order], name
            user.refresh_from_db()
            assert (user.blocked, user.job_title) == (True, "Planner")

    def test_the_purge_and_a_patch(self, hr, shared):
        user, known = shared("a@x.test")
        hr.grouped("g1", {"id": known[0][1]})
        hr.patch(known[0][1], replace("active", False))
        purge = partial(purge_users, timezone.now(), by=BY)
        assert crossing(user, purge, patch(*known[1], replace("title", "Planner"))) == [1, 404]
        (group,) = hr.get("/Groups").json()["Resources"]
        assert (group.get("members"), group["meta"]["version"]) == (None, 'W/"2"')


class TestValuesOfEachOther:
    """Both have begun to change, and each then waits for the other: PostgreSQL ends one of them as a deadlock."""

    @pytest.mark.parametrize("method", ["PATCH", "PUT"])
    def test_two_who_take_each_others_address_are_told_that_it_is_taken(self, hr, method):
        one, two = hr.created("one@x.test"), hr.created("two@x.test")

        def change(user, name, email):
            if method == "PUT":
                body = person(name, emails=[{"value": email, "type": "work"}])
                return partial(on_its_own(hr).send, "PUT", f"/Users/{user['id']}", body)
            email = replace('emails[type eq "work"].value', email)
            return patch(hr, user["id"], replace("userName", name), email)

        def hold():
            for name in ("third", "fourth"):
                LmsUser.objects.create(user_name=name)

        calls = [change(one, "third", "two@x.test"), change(two, "fourth", "one@x.test")]
        assert meeting(hold, *calls) == [409, 409]
        assert hr.names("userName pr") == ["one@x.test", "two@x.test"]


class TestGroups:
    @pytest.fixture
    def users(self, hr):
        return [hr.created(f"u{number}@x.test") for number in range(3)]

    def test_two_who_leave_the_same_groups(self, hr, users):
        first, second = (ScimLink.objects.get(scim_id=hr.grouped(name)["id"]) for name in ("g1", "g2"))
        a, b = (ScimLink.objects.get(scim_id=user["id"]) for user in users[:2])
        for group, member in ((first, a), (second, b), (second, a), (first, b)):
            ScimMembership.objects.create(group=group, member=member)
        assert crossing(first, *(delete(hr, user["id"]) for user in users[:2])) == [204, 204]
        assert not ScimMembership.objects.exists()
        versions = ScimLink.objects.filter(kind="Group").values_list("version", flat=True)
        assert list(versions) == [3, 3]

    def test_members_change_while_one_of_them_is_deleted(self, hr, users):
        """Whoever comes first."""
        for number in (0, 1):
            leaving = users[number]
            made = hr.grouped(f"g{number}", leaving, users[2])
            member = {"path": "members", "value": [{"value": leaving["id"]}]}
            again = [{"op": "remove"} | member, {"op": "add"} | member]
            change = partial(on_its_own(hr).patch_group, made["id"], *again)
            calls = [change, delete(hr, leaving["id"])]
            held = ScimLink.objects.get(scim_id=made["id"])
            assert sorted(crossing(held, *(calls[::-1] if number else calls))) == [200, 204]
            assert hr.members(made) == [users[2]["id"]]

    def test_members_join_two_groups_while_they_change(self, hr, users):
        made = [hr.grouped("g1"), hr.grouped("g2")]
        joined = []

        def join(group, some):
            http, value = on_its_own(hr), [{"value": user["id"]} for user in some]
            answer = http.patch_group(group["id"], {"op": "add", "path": "members", "value": value})
            joined.append(answer.status_code)
            return http.patch(users[0]["id"], replace("title", group["displayName"]))

        renamed = patch(hr, users[0]["id"], replace("userName", "new@x.test"))
        joining = [partial(join, made[0], users), partial(join, made[1], users[::-1])]
        held = LmsUser.objects.get(user_name="u0@x.test")
        assert crossing(held, renamed, *joining) == [200] * 3
        assert joined == [200, 200]
        for group in made:
            assert hr.members(group) == sorted(user["id"] for user in users)
