"""The Credentials tab, and the one answer that shows a secret."""

import logging
import re

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.utils import timezone

from clients import actions, secrets
from clients.models import AuditEntry, Client, Credential
from tests import builders

KINDS = [("secret", "lmscs_", "New client secret"), ("token", "lmsbt_", "New bearer token")]
VALUE = re.compile(secrets.SCANNER_EXPRESSION)
TICK = "Tick the box to confirm."


def tab(client):
    return f"/system/oauth-clients/{client.pk}/credentials/"


def generate(browser, client, kind="secret", number=0, **form):
    return browser.post(f"{tab(client)}regenerate-{kind}/", {"number": number, **form})


def shown(answer):
    return VALUE.search(answer.content.decode()).group()


def test_new_client_has_never_had_either(root, world):
    page = root.get(tab(world.near)).content.decode()
    assert page.count("Never generated") == 2
    assert "Generate secret" in page
    assert "Generate token" in page
    assert "Regenerate" not in page
    assert world.near.client_id in page


def test_endpoints_come_from_the_public_address_not_from_host(root, world, settings):
    settings.ALLOWED_HOSTS = ["*"]
    page = root.get(tab(world.near), headers={"host": "evil.example"}).content.decode()
    for address in ["http://testserver/oauth2/token<", "http://testserver/scim/v2/<", "http://testserver/xapi/<"]:
        assert address in page
    assert "evil.example" not in page


@pytest.mark.parametrize(
    ("values", "configuration", "lines"),
    [
        ({}, None, ["No SCIM configuration: requests are refused", "Not allowed for this client: see the General tab"]),
        ({"lrs_own": True}, True, ["SCIM configuration: Workday", "Read and write access to statements"]),
        ({"lrs_full_read": True}, False, ["The SCIM configuration is not active", "Full read access to all data<"]),
        ({"lrs_own": True, "lrs_full_read": True}, None, ["Full read access to all data, and writing statements"]),
    ],
)
def test_lines_below_the_endpoints(root, world, values, configuration, lines):
    if configuration is not None:
        values = values | {"scim_configuration": builders.make_configuration(name="Workday", active=configuration)}
    Client.objects.filter(pk=world.near.pk).update(**values)
    page = root.get(tab(world.near)).content.decode()
    for line in lines:
        assert line in page


def test_configuration_out_of_reach_is_not_named(anna, world):
    Client.objects.filter(pk=world.near.pk).update(scim_configuration=builders.make_configuration(name="Workday"))
    page = anna.get(tab(world.near)).content.decode()
    assert "SCIM configuration: set, outside your permissions" in page
    assert "Workday" not in page


def test_inactive_client_is_warned_about(root, world):
    Client.objects.filter(pk=world.near.pk).update(active=False)
    assert "This client is not active: its credentials are refused" in root.get(tab(world.near)).content.decode()


@pytest.mark.parametrize(("kind", "prefix", "heading"), KINDS)
def test_first_generation_needs_no_tick_and_shows_the_value_once(root, world, kind, prefix, heading):
    answer = generate(root, world.near, kind)
    value = shown(answer)
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "no-store"
    assert answer["Referrer-Policy"] == "same-origin"
    assert value.startswith(prefix)
    assert heading in answer.content.decode()
    assert Credential.objects.get(client=world.near).digest == secrets.digest(value)
    later = root.get(tab(world.near)).content.decode()
    assert value not in later
    assert value[-4:] in later
    assert "Last generated" in later
    assert "by root" in later


@pytest.mark.parametrize(("kind", "prefix", "heading"), KINDS)
def test_regenerating_needs_the_tick_and_ends_the_previous_one(root, world, kind, prefix, heading):
    first = shown(generate(root, world.near, kind))
    refused = generate(root, world.near, kind, 1)
    assert refused.status_code == 422
    assert refused.content.decode().count(TICK) == 2
    assert not VALUE.search(refused.content.decode())
    answer = generate(root, world.near, kind, 1, confirm="on")
    assert shown(answer) != first
    assert "stopped working at" in answer.content.decode()
    live = Credential.objects.get(client=world.near, revoked_at__isnull=True)
    assert (live.number, live.digest) == (2, secrets.digest(shown(answer)))


@pytest.mark.parametrize(("kind", "prefix", "heading"), KINDS)
@pytest.mark.parametrize("number", ["0", "2", "-1", "x", "", "9" * 400, "\u0661"])
def test_a_form_of_another_number_changes_nothing(root, world, kind, prefix, heading, number):
    generate(root, world.near, kind)
    answer = generate(root, world.near, kind, number, confirm="on")
    assert answer.status_code == 409
    assert not VALUE.search(answer.content.decode())
    assert Credential.objects.filter(client=world.near).count() == 1


def test_reload_says_who_regenerated_it_and_when(root, world):
    generate(root, world.near)
    answer = generate(root, world.near)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert re.search(r"The secret was regenerated \d seconds? ago by root\. It was shown once", page)
    assert "Back to Credentials" in page
    assert "Regenerate again" in page


def test_confirm_page_says_what_ends_and_what_does_not(root, world):
    generate(root, world.near)
    page = root.get(f"{tab(world.near)}regenerate-secret/").content.decode()
    assert "<h1>Regenerate the client secret?</h1>" in page
    assert "“Near” stops working until the new value is put into the integration." in page
    assert "is refused at once." in page
    assert "The bearer token is not affected." in page
    assert "The new secret is shown only once." in page
    assert "I can put the new secret into the integration now" in page


def test_the_two_credentials_are_independent(root, world):
    generate(root, world.near, "token")
    generate(root, world.near, "secret")
    assert Credential.objects.filter(client=world.near, revoked_at__isnull=True).count() == 2


def test_audit_names_who_without_the_value(root, world):
    value = shown(generate(root, world.near))
    entry = AuditEntry.objects.get(action="secret_generated")
    assert (entry.actor, entry.facts) == (world.root, {"number": 1})
    assert value[6:] not in str(entry.__dict__)


@pytest.mark.parametrize(("kind", "prefix", "heading"), KINDS)
def test_nothing_keeps_the_value(root, world, caplog, kind, prefix, heading):
    """Search every table, session, cookie, log record, cache entry and later page for the shown value."""
    caplog.set_level(logging.DEBUG)
    value = shown(generate(root, world.near, kind))
    parts = (value, value[6:-6])
    rows = [str(row) for model in apps.get_models() for row in model._default_manager.values()]
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    cookies = [str(cookie) for cookie in root.cookies.values()]
    pages = [root.get(path).content.decode() for path in (tab(world.near), "/system/", "/system/oauth-clients/")]
    for part in parts:
        for text in [*rows, *sessions, *cookies, *pages, caplog.text, str(getattr(cache, "_cache", ""))]:
            assert part not in text


def test_head_and_get_mint_nothing(root, world):
    for method in (root.get, root.head):
        assert method(f"{tab(world.near)}regenerate-secret/").status_code == 200
    assert Credential.objects.count() == 0


def test_expired_session_leads_to_login_and_mints_nothing(client, world):
    answer = generate(client, world.near)
    assert answer.url.startswith("/account/login/?next=")
    assert Credential.objects.count() == 0


def test_before_it_is_replaced_a_secret_tells_when_and_from_where_it_was_used(root, world):
    secret = actions.regenerate_secret(world.near, by=builders.BY).credential
    Credential.objects.filter(pk=secret.pk).update(last_used_at=timezone.now(), last_used_from="192.0.2.7")
    page = root.get(f"/system/oauth-clients/{world.near.pk}/credentials/regenerate-secret/").content.decode()
    assert "It was last used" in page
    assert "from 192.0.2.7" in page
