from io import StringIO

import pytest
from django.core.management import call_command

from clients.labels import create_label
from clients.models import Administrator, AuditEntry, Client, LmsSettings, PermissionLabel
from clients.models.label import Action
from scim.models import LmsUser
from shared_events.models import Event, Status
from tests.builders import BY

pytestmark = pytest.mark.django_db


def load() -> str:
    out = StringIO()
    call_command("load_demo", stdout=out)
    return out.getvalue()


def counts() -> dict[str, int]:
    return {
        model.__name__: model.objects.count() for model in (Administrator, AuditEntry, Client, Event, PermissionLabel)
    }


def test_there_is_something_of_everything():
    load()
    assert {label.path.count(" / ") for label in PermissionLabel.objects.all()} == {0, 1}
    assert Client.objects.count() == 3
    assert all(client.labels.exists() and not client.credentials.exists() for client in Client.objects.all())
    assert LmsSettings.objects.get().shared_events_enabled
    assert LmsUser.objects.filter(email__endswith="@example.org").count() == LmsUser.objects.count() == 36
    assert LmsUser.objects.filter(blocked=True).count() == 3
    assert Client.objects.get(name="Demo identity provider").scim_configuration.slug == "demo"
    assert Event.objects.filter(shared=True).count() == 4
    assert Event.objects.get(status=Status.CANCELLED).labels.exists()


def test_the_two_administrators_reach_different_clients():
    printed = load()
    reach = {
        administrator.username: {client.name for client in Client.objects.in_reach_of(administrator, Action.VIEW)}
        for administrator in Administrator.objects.all()
    }
    assert reach == {"demo-helsinki": {"Demo course platform"}, "demo-partners": {"Demo partner LMS"}}
    for administrator in Administrator.objects.all():
        line = next(line for line in printed.splitlines() if administrator.username in line)
        assert administrator.check_password(line.split()[-1])


def test_again_it_changes_nothing():
    load()
    Client.objects.filter(name="Demo course platform").update(lrs_own=False)
    LmsSettings.objects.update(shared_events_enabled=False)
    before = counts()
    assert load() == ""
    assert counts() == before
    assert not Client.objects.get(name="Demo course platform").lrs_own
    assert not LmsSettings.objects.get().shared_events_enabled


def test_it_adds_what_is_missing():
    load()
    Client.objects.filter(name="Demo course platform").delete()
    load()
    assert Client.objects.filter(name="Demo course platform").exists()


def test_labels_of_the_installation_stay_apart_from_the_demos():
    own = create_label("Helsinki", by=BY)
    load()
    assert PermissionLabel.objects.filter(name="Helsinki").exclude(pk=own.pk).get().path == "Demo group / Helsinki"
