"""Who logged in a while ago is asked again, and comes back to where he was."""

import time
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.core.management import CommandError, call_command

from clients import second_factors
from clients.models import AuditEntry, Credential
from shared_events.models import Peer
from tests import builders
from tests.shared_events.builders import make_event, make_mirror

pytestmark = pytest.mark.django_db
AGAIN = "/account/again/"


@pytest.fixture
def root(client):
    user = builders.make_superadmin("root")
    client.force_login(user)
    return user


@pytest.fixture
def later(client, root, settings):
    """A while after logging in."""
    session = client.session
    for record in session["account_authentication_methods"]:
        record["at"] -= settings.REAUTHENTICATION_SECONDS
    session.save()


def asked(answer, address):
    return answer.status_code == 302 and answer.url == f"{AGAIN}?next={quote(address, safe='')}"


def regenerating(kind="secret"):
    return f"/system/oauth-clients/{builders.make_client().pk}/credentials/regenerate-{kind}/"


@pytest.mark.parametrize("kind", ["secret", "token"])
def test_a_fresh_login_is_not_asked(client, root, kind):
    address = regenerating(kind)
    assert client.get(address).status_code == 200
    assert client.post(address, {"number": "0"}).status_code == 200


@pytest.mark.parametrize("kind", ["secret", "token"])
def test_later_nothing_is_made_before_one_says_who_one_is(client, later, kind):
    address = regenerating(kind)
    assert asked(client.get(address), address)
    assert asked(client.post(address, {"number": "0"}), address)
    assert not Credential.objects.exists()


def test_the_password_leads_back_to_the_confirm_page(client, later):
    address = regenerating()
    assert asked(client.post(address, {"number": "0"}), address)
    form = {"password": builders.PASSWORD, "next": address}
    assert client.post(AGAIN, form | {"password": "wrong"}).status_code == 422
    assert client.post(AGAIN, form).url == address
    assert client.get(address).status_code == 200
    assert client.post(address, {"number": "0"}).status_code == 200
    assert AuditEntry.objects.filter(action="reauthentication_failed").count() == 1


def test_no_other_site_is_gone_on_to(client, root):
    assert client.post(AGAIN, {"password": builders.PASSWORD, "next": "//elsewhere.example/"}).url == "/system/"


def test_guessing_is_limited(client, root, monkeypatch):
    now = time.time()
    monkeypatch.setattr("clients.throttle.time", SimpleNamespace(time=lambda: now))
    answers = [client.post(AGAIN, {"password": "wrong"}).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


@pytest.mark.parametrize(
    "path", ["app/", "app/remove/", "passkeys/add/", "passkeys/1/", "passkeys/1/remove/", "recovery-codes/"]
)
def test_second_factors_are_guarded_too(client, later, path):
    address = f"/account/security/{path}"
    assert asked(client.get(address), address)
    assert asked(client.post(address), address)


def test_secrets_of_peers_are_guarded_too(client, later):
    peer = make_mirror(make_event(), "Neighbour").peer
    kept, address = bytes(peer.secret), f"/system/shared-event-peers/{peer.pk}/"
    assert asked(client.post("/system/shared-event-peers/add/"), "/system/shared-event-peers/add/")
    assert client.get(address).status_code == 200
    assert asked(client.post(address, {"name": "x", "secret": "new"}), address)
    assert client.post(address, {"name": "", "secret": ""}).status_code == 422
    assert bytes(Peer.objects.get().secret) == kept


def holder():
    person = builders.make_administrator(username="bo")
    second_factors.add_app(person, "JBSWY3DPEHPK3PXP", by=builders.BY)
    return person


def test_a_superadmin_removes_second_factors(client, root):
    person = holder()
    address = f"/system/administrators/{person.pk}/second-factors/"
    assert address in client.get(person.get_absolute_url()).content.decode()
    assert "the password alone opens" in client.get(address).content.decode()
    assert client.post(address).url == person.get_absolute_url()
    assert not second_factors.factors(person).exists()
    entry = AuditEntry.objects.get(action="second_factors_reset")
    assert (entry.actor, entry.object_id, entry.facts) == (root, str(person.pk), {"kinds": ["recovery_codes", "totp"]})
    assert address not in client.get(person.get_absolute_url()).content.decode()


def test_removing_them_asks_who_is_there(client, later):
    address = f"/system/administrators/{holder().pk}/second-factors/"
    assert asked(client.get(address), address)
    assert asked(client.post(address), address)


def test_the_command_removes_them(capsys):
    person = holder()
    call_command("reset_second_factors", "BO")
    call_command("reset_second_factors", "bo")
    assert capsys.readouterr().out == "Second factors of bo removed.\nbo had none.\n"
    assert AuditEntry.objects.get(action="second_factors_reset").actor_name == "command reset_second_factors"
    assert not second_factors.factors(person).exists()
    with pytest.raises(CommandError, match=r"There is no administrator nobody\."):
        call_command("reset_second_factors", "nobody")
