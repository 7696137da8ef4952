"""The commands for clients: what they print is a contract with scripts, what they write is what the pages write."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clients import secrets
from clients.models import AuditEntry, Client, Credential, PermissionLabel
from scim.models import ScimConfiguration

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def made(*arguments: str) -> tuple[Client, dict[str, str]]:
    printed = json.loads(run("create_client", *arguments, "--json"))
    return Client.objects.get(client_id=printed["client_id"]), printed


@pytest.fixture
def labels():
    hr = PermissionLabel.objects.create(name="HR")
    sales = PermissionLabel.objects.create(name="Sales")
    return {
        "HR": hr,
        "HR / Helsinki": PermissionLabel.objects.create(name="Helsinki", parent=hr),
        "Sales / Helsinki": PermissionLabel.objects.create(name="Helsinki", parent=sales),
        "Sales / Tampere": PermissionLabel.objects.create(name="Tampere", parent=sales),
    }


def actions(client: Client) -> list[str]:
    entries = AuditEntry.objects.filter(object_type="client", object_id=str(client.pk)).order_by("pk")
    return list(entries.values_list("action", flat=True))


def test_create_client_prints_exactly_the_credentials_it_made():
    client, printed = made("Course platform")
    assert set(printed) == {"client_id", "client_secret", "bearer_token"}
    stored = {bytes(credential.digest) for credential in client.credentials.all()}
    assert stored == {secrets.digest(printed["client_secret"]), secrets.digest(printed["bearer_token"])}
    assert (client.active, client.lrs_own, client.lrs_full_read, client.shared_events) == (True, False, False, False)
    assert actions(client) == ["client_created", "secret_generated", "bearer_generated"]


def test_create_client_sets_everything_it_is_told(labels):
    configuration = ScimConfiguration.objects.create(name="HR system", slug="hr")
    client, _ = made(
        "HR",
        *("--description", "Users from HR", "--label", "hr", "--label", "Tampere", "--scim-configuration", "hr"),
        *("--lrs-own", "--lrs-full-read", "--shared-events"),
    )
    assert (client.short_description, client.scim_configuration_id) == ("Users from HR", configuration.pk)
    assert client.lrs_own
    assert client.lrs_full_read
    assert client.shared_events
    assert {label.path for label in client.labels.all()} == {"HR", "Sales / Tampere"}


def test_people_read_lines_instead():
    printed = run("create_client", "Course platform")
    secret = next(line.split()[-1] for line in printed.splitlines() if line.startswith("Client secret"))
    assert secrets.has_form(secret, secrets.CLIENT_SECRET)
    assert "shown only once" in printed


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["X", "--label", "Nowhere"], "No permission label 'Nowhere'. There are: HR, HR / Helsinki, Sales, Sales / "),
        (["X", "--label", "Helsinki"], "Write the path of one: HR / Helsinki, Sales / Helsinki."),
        (["X", "--scim-configuration", "hr"], "manage.py create_scim_configuration hr"),
        ([""], "name: "),
        (["X" * 121], "name: .*120"),
        (["X", "--description", "d" * 201], "short_description: .*200"),
    ],
)
def test_a_client_that_cannot_be_made_leaves_nothing(labels, arguments, message):
    with pytest.raises(CommandError, match=message):
        run("create_client", *arguments, "--json")
    assert not Client.objects.exists()
    assert not AuditEntry.objects.exists()


def test_a_label_of_two_sublabels_is_named_by_its_path(labels):
    client, _ = made("X", "--label", "sales/helsinki")
    assert list(client.labels.all()) == [labels["Sales / Helsinki"]]


@pytest.mark.parametrize(
    ("command", "name", "kind"),
    [
        ("regenerate_secret", "client_secret", Credential.Kind.SECRET),
        ("regenerate_token", "bearer_token", Credential.Kind.BEARER),
    ],
)
def test_regenerating_replaces_one_credential(command, name, kind):
    client, before = made("X")
    after = json.loads(run(command, client.client_id, "--json"))
    assert after == {"client_id": client.client_id, name: after[name]}
    assert after[name] != before[name]
    live = client.credentials.get(kind=kind, revoked_at__isnull=True)
    assert bytes(live.digest) == secrets.digest(after[name])
    assert actions(client)[-1] == f"{kind}_regenerated"


@pytest.mark.parametrize("command", ["regenerate_secret", "regenerate_token", "set_client"])
def test_an_unknown_client_id_is_said(command):
    with pytest.raises(CommandError, match="No client has the ID 'nobody'"):
        run(command, "nobody")


@pytest.mark.parametrize(
    ("arguments", "field", "value"),
    [
        (["--inactive"], "active", False),
        (["--name", "New"], "name", "New"),
        (["--description", "What for"], "short_description", "What for"),
        (["--lrs-own"], "lrs_own", True),
        (["--no-lrs-full-read"], "lrs_full_read", False),
        (["--shared-events"], "shared_events", True),
        (["--no-scim-configuration"], "scim_configuration_id", None),
        (["--requests-per-minute", "0"], "requests_per_minute", 0),
        (["--burst", "7"], "burst", 7),
    ],
)
def test_set_client_changes_what_is_named(arguments, field, value):
    ScimConfiguration.objects.create(name="HR system", slug="hr")
    client, _ = made("X", "--scim-configuration", "hr", "--lrs-full-read")
    before = Client.objects.values().get()
    assert run("set_client", client.client_id, *arguments) == f"{'New' if field == 'name' else 'X'}: changed.\n"
    after = Client.objects.values().get()
    assert after[field] == value
    assert {name for name in before if before[name] != after[name]} - {"updated", "generation"} == {field}
    assert actions(client)[-1] == "client_updated"


def test_deactivating_ends_the_generation_of_tokens_and_activating_does_not_revive_it():
    client, _ = made("X")
    run("set_client", client.client_id, "--inactive")
    run("set_client", client.client_id, "--active")
    assert Client.objects.get().generation == client.generation + 1


def test_set_client_replaces_labels(labels):
    client, _ = made("X", "--label", "HR")
    run("set_client", client.client_id, "--label", "Tampere")
    assert list(client.labels.all()) == [labels["Sales / Tampere"]]
    run("set_client", client.client_id, "--no-labels")
    assert not client.labels.exists()


def test_set_client_says_when_there_is_nothing_to_do():
    client, _ = made("X")
    with pytest.raises(CommandError, match="Nothing to change"):
        run("set_client", client.client_id)
    assert run("set_client", client.client_id, "--active") == "X: nothing differed.\n"
    with pytest.raises(CommandError, match="name: "):
        run("set_client", client.client_id, "--name", "")


def test_set_client_gives_back_the_limits_of_the_server():
    client, _ = made("X")
    run("set_client", client.client_id, "--requests-per-minute", "60", "--burst", "5")
    run("set_client", client.client_id, "--requests-per-minute", "default", "--burst", "default")
    assert Client.objects.values_list("requests_per_minute", "burst").get() == (None, None)
    with pytest.raises(CommandError, match="burst: "):
        run("set_client", client.client_id, "--burst", "0")


def test_the_librarys_command_refuses():
    with pytest.raises(CommandError, match="create_client"):
        run("createapplication", "confidential", "client-credentials")
    assert not Client.objects.exists()
