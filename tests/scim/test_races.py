"""Two at once: the database decides, and nobody gets a 500."""

import threading
from functools import partial

import pytest
from django.db import connection

from scim.models import LmsUser, ScimLink
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
