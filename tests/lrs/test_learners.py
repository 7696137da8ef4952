"""Agents of statements are users of the LMS, where mail or account say so."""

from hashlib import sha1

import pytest

from clients.models import LmsSettings
from lms_oauth.signals import user_changed, user_purged
from lrs import learners
from lrs.models import AgentUser
from lrs.statement import keys
from scim.models import LmsUser

PUBLIC = "https://lms.example.org"


@pytest.fixture(autouse=True)
def public_address(db):
    LmsSettings.objects.update(public_address=PUBLIC)
    LmsSettings.forget()
    yield
    LmsSettings.forget()


def make_user(**values):
    return LmsUser.objects.create(**{"user_name": "anna", "email": "Anna@Example.org", "employee_id": "7"} | values)


def account(name, page=PUBLIC):
    return {"account": {"homePage": page, "name": name}}


def user_of(actor):
    key = keys.of_actor(actor)
    return learners.users_of({key}).get(key)


@pytest.mark.parametrize(
    "actor",
    [
        {"mbox": "mailto:Anna@Example.org", "name": "whatever"},
        {"mbox": "mailto:anna@EXAMPLE.org"},
        {"mbox_sha1sum": sha1(b"mailto:anna@example.org", usedforsecurity=False).hexdigest().upper()},
        account("anna"),
        account("7", f"{PUBLIC}/"),
    ],
)
def test_an_agent_is_the_user_with_its_mail_or_account(actor):
    user = make_user(display_name="Anna A.")
    assert learners.run() == f"{AgentUser.objects.count()} links of users changed"
    assert user_of(actor) == (user.pk, "Anna A.")
    assert learners.run() == ""


@pytest.mark.parametrize("actor", [{"mbox": "mailto:bo@example.org"}, account("anna", "https://other.example.org")])
def test_other_agents_are_nobody(actor):
    make_user()
    learners.run()
    assert user_of(actor) is None


def test_an_identifier_of_two_users_tells_of_neither():
    make_user()
    make_user(user_name="7", email="", employee_id="8")
    learners.run()
    assert user_of(account("7")) is None
    assert user_of(account("anna")) is not None


@pytest.mark.parametrize(
    ("values", "name"),
    [({"given_name": "Anna", "family_name": "Aalto"}, "Anna Aalto"), ({}, "anna"), ({"display_name": "A"}, "A")],
)
def test_the_name_is_what_people_call_the_user(values, name):
    make_user(**values)
    learners.run()
    assert user_of(account("anna"))[1] == name


def test_a_user_who_changes_is_linked_anew_at_once():
    user = make_user()
    user_changed.send(sender=LmsUser, user_ids=[user.pk])
    assert user_of(account("anna")) == (user.pk, "anna")
    user.user_name, user.display_name = "anna2", "Anna B."
    user.save()
    user_changed.send(sender=LmsUser, user_ids=[user.pk])
    assert user_of(account("anna")) is None
    assert user_of(account("anna2")) == (user.pk, "Anna B.")
    assert user_of(account("7")) == (user.pk, "Anna B.")


def test_of_a_user_who_is_gone_nothing_stays():
    user = make_user()
    learners.run()
    pk = user.pk
    user.delete()
    user_purged.send(sender=LmsUser, user_ids=[pk])
    assert not AgentUser.objects.exists()


def test_all_users_are_gone_through_in_turns(monkeypatch):
    monkeypatch.setattr(learners, "_PER_RUN", 2)
    users = [make_user(user_name=f"u{number}", email="", employee_id="") for number in range(3)]
    learners.run()
    learners.run()
    assert {*AgentUser.objects.values_list("user", flat=True)} == {user.pk for user in users}
    LmsSettings.objects.update(public_address="https://new.example.org")
    LmsSettings.forget()
    for _ in range(2):
        learners.run()
    assert user_of(account("u0", "https://new.example.org")) is not None
    assert user_of(account("u0")) is None
