"""Two at once: the database decides, and nobody gets a 500."""

import threading
from functools import partial

import pytest
from django.db import OperationalError, connection

from scim.errors import Taken
from scim.models import LmsUser, ScimLink
from scim.provisioning import uniqueness
from tests.scim.conftest import Directory, make_directory, person

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    barrier = threading.Barrier(len(calls))
    answers = [None] * len(calls)

    def run(position, call):
        barrier.wait()
        try:
            answers[position] = call()
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def colleague(directory):
    """Another connection of the same directory."""
    return Directory(directory.configuration, directory.bearer)


def test_one_name_posted_at_once_makes_one_user():
    directory = make_directory()
    one, two = directory, colleague(directory)
    for number in range(5):
        body = person(f"same{number}@x.test")
        answers = at_once(*(partial(who.post, body) for who in (one, two)))
        assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert LmsUser.objects.count() == ScimLink.objects.count() == 5


def test_two_configurations_post_one_person_at_once():
    one, two = make_directory(), make_directory()
    answers = at_once(lambda: one.post(person("same@x.test")), lambda: two.post(person("same@x.test")))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


def test_patches_at_once_lose_nothing():
    directory = make_directory()
    user = directory.created()
    changes = [("title", "t"), ("nickName", "n"), ("userType", "u"), ("locale", "l")]
    answers = at_once(
        *(
            lambda path=path, value=value: colleague(directory).patch(
                user["id"], {"op": "replace", "path": path, "value": value}
            )
            for path, value in changes
        )
    )
    assert [answer.status_code for answer in answers] == [200] * 4
    body = directory.get(f"/Users/{user['id']}").json()
    assert {path: body[path] for path, _ in changes} == dict(changes)
    assert body["meta"]["version"] == 'W/"5"'


def test_adopting_one_account_at_once_links_it_once():
    LmsUser.objects.create(user_name="known@x.test", email="known@x.test")
    one, two = make_directory(), make_directory()
    answers = at_once(lambda: one.post(person("known@x.test")), lambda: two.post(person("known@x.test")))
    assert sorted(answer.status_code for answer in answers) == [201, 409]


@pytest.mark.parametrize(
    ("index", "told"),
    [
        ("lms_user_unique_user_name", "userName is already in use."),
        ("lms_user_unique_email", "emails is already in use."),
        ("scim_link_unique_key", "displayName is already in use."),
    ],
)
def test_a_deadlock_over_a_value_that_is_one_persons_is_a_conflict(index, told):
    where = f'CONTEXT:  while inserting index tuple (0,3) in relation "{index}"'
    with pytest.raises(Taken) as refusal, uniqueness("displayName"):
        raise OperationalError(f"deadlock detected\nDETAIL:  Process 1 waits for ShareLock.\n{where}")
    assert refusal.value.detail == told


def test_any_other_deadlock_stays_one():
    error = OperationalError('deadlock detected\nCONTEXT:  while locking tuple (0,3) in relation "scim_scimlink"')
    with pytest.raises(OperationalError), uniqueness():
        raise error
