"""Hints on a client's page."""

from datetime import timedelta

import pytest
from django.utils import timezone

from clients.models import Client, Credential
from tests import builders
from tests.clients.activity_cases import count, refuse, use


@pytest.fixture
def made(world):
    return builders.make_client_with_credentials(world.helsinki, lrs_own=True).client


def hints(browser, client):
    return browser.get(f"/system/oauth-clients/{client.pk}/").context["hints"]


def age(client, days):
    Client.objects.filter(pk=client.pk).update(created=timezone.now() - timedelta(days=days))


def test_a_new_client_has_none(root, made):
    assert hints(root, made) == []


def test_not_used_for_long(root, made):
    age(made, 91)
    [hint] = hints(root, made)
    assert "Not used for 90 days" in hint
    use(made, days_ago=89)
    assert hints(root, made) == []
    use(made, days_ago=91)
    assert len(hints(root, made)) == 1


def test_an_old_secret(root, made):
    Credential.objects.update(created_at=timezone.now() - timedelta(days=366))
    [hint] = hints(root, made)
    assert "older than 365 days" in hint
    Credential.objects.filter(kind="secret").update(created_at=timezone.now() - timedelta(days=364))
    assert hints(root, made) == []


def test_full_read_never_used(root, made):
    Client.objects.filter(pk=made.pk).update(lrs_full_read=True)
    assert hints(root, made) == []
    age(made, 8)
    [hint] = hints(root, made)
    assert "never called the LRS" in hint
    count(made, "ok")
    assert hints(root, made) == []


def test_a_service_called_while_it_is_off(root, made):
    refuse(made, "no right", service="scim")
    [hint] = hints(root, made)
    assert hint.startswith("SCIM was called")
    assert hint in root.get(f"/system/oauth-clients/{made.pk}/").content.decode()
    Client.objects.filter(pk=made.pk).update(scim_configuration=builders.make_configuration())
    assert hints(root, made) == []


def test_an_inactive_client_has_none(root, made):
    refuse(made, "no right", service="scim")
    Client.objects.filter(pk=made.pk).update(active=False)
    assert hints(root, made) == []
