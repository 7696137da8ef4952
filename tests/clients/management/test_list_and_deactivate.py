import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clients.actions import delete_client
from clients.models import AuditEntry, Client
from tests import builders

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue().splitlines()


def test_list_tells_id_state_scopes_and_labels():
    builders.make_client(builders.make_label("HR"), name="B", lrs_own=True, shared_events=True)
    off = builders.make_client(name="A", lrs_own=True, active=False)
    delete_client(builders.make_client(name="Deleted"), by=builders.BY)
    rows = [json.loads(line) for line in run("list_clients", "--json")]
    assert [(row["name"], row["active"], row["scopes"], row["labels"]) for row in rows] == [
        ("A", False, [], []),
        ("B", True, ["xapi:write"], ["HR"]),  # shared events are off for the LMS
    ]
    first, second = run("list_clients")
    assert first.split() == [off.client_id, "inactive", "-", "A"]
    assert "active" in second
    assert "xapi:write" in second


def test_deactivate_is_audited_once():
    client = builders.make_client(name="Near")
    assert run("deactivate_client", client.client_id) == ["Near: deactivated."]
    assert run("deactivate_client", client.client_id) == ["Near: was not active already."]
    assert not Client.objects.get(pk=client.pk).active
    assert AuditEntry.objects.get(action="client_updated").actor_name == "command deactivate_client"


def test_a_deleted_client_is_not_found():
    client = builders.make_client()
    delete_client(client, by=builders.BY)
    with pytest.raises(CommandError, match="No client has the ID"):
        call_command("deactivate_client", client.client_id)
