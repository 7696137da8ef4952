"""Changes of clients: what they end, what they leave, and that each is audited in its own transaction."""

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from clients import actions, audit, secrets
from clients.actions import CredentialConflict
from clients.audit import Origin
from clients.models import AuditEntry, Client, ClientUsage, Credential
from tests.builders import (
    BY,
    make_client,
    make_client_with_credentials,
    make_configuration,
    make_label,
    make_superadmin,
)

pytestmark = pytest.mark.django_db

REGENERATE = {"secret": actions.regenerate_secret, "bearer": actions.regenerate_token}


def last_entry():
    return AuditEntry.objects.first()


def test_a_new_client_can_do_nothing_yet():
    administrator = make_superadmin()
    by = Origin("root", "page", administrator)
    client = actions.create_client(values={"name": "HR"}, labels=[make_label("Helsinki", make_label("HR"))], by=by)
    assert (client.active, client.generation) == (True, 1)
    assert not any([client.lrs_own, client.lrs_full_read, client.shared_events, client.scim_configuration])
    assert (client.created_by, client.updated_by) == (administrator, administrator)
    assert not client.credentials.exists()
    assert secrets.is_client_id(client.client_id)
    assert last_entry().facts == {"name": "HR", "labels": ["HR / Helsinki"]}


@pytest.mark.parametrize("name", ["generation", "client_id", "client_type", "labels", "nonsense"])
def test_only_named_fields_can_be_set(name):
    with pytest.raises(TypeError):
        actions.create_client(values={"name": "x", name: 5}, by=BY)
    with pytest.raises(TypeError):
        actions.update_client(make_client(), values={name: 5}, by=BY)


@pytest.mark.parametrize("kind", REGENERATE)
def test_a_credential_is_returned_once_and_kept_as_digest(kind):
    client = make_client()
    generated = REGENERATE[kind](client, by=BY)
    row = Credential.objects.get()
    assert secrets.has_form(generated.value, row.prefix)
    assert (row.kind, row.number, bytes(row.digest)) == (kind, 1, secrets.digest(generated.value))
    assert row.last_four == generated.value[-4:]
    assert generated.value not in repr(generated)
    assert last_entry().action == f"{kind}_generated"


@pytest.mark.parametrize(("kind", "raised"), [("secret", 1), ("bearer", 0)])
def test_regenerating_ends_the_old_one_and_leaves_the_other_kind(kind, raised):
    administrator = make_superadmin()
    made = make_client_with_credentials()
    before = made.client.generation
    REGENERATE[kind](made.client, by=Origin("root", "page", administrator))
    made.client.refresh_from_db()
    assert made.client.generation == before + raised
    old, new = Credential.objects.filter(client=made.client, kind=kind).order_by("number")
    assert (old.number, new.number) == (1, 2)
    assert old.revoked_at == new.created_at
    assert (old.revoked_by, new.created_by) == (administrator, administrator)
    (other,) = Credential.objects.filter(client=made.client).exclude(kind=kind)
    assert other.revoked_at is None
    assert (last_entry().action, last_entry().facts) == (f"{kind}_regenerated", {"number": 2})


@pytest.mark.parametrize("kind", REGENERATE)
@pytest.mark.parametrize("seen", [0, 2, 99])
def test_a_credential_other_than_the_one_seen_is_not_replaced(kind, seen):
    """A second click, or a second administrator: nothing changes."""
    made = make_client_with_credentials()
    generation, entries = made.client.generation, AuditEntry.objects.count()
    with pytest.raises(CredentialConflict) as conflict:
        REGENERATE[kind](made.client, by=BY, number=seen)
    assert conflict.value.newest.number == 1
    made.client.refresh_from_db()
    assert made.client.generation == generation
    assert Credential.objects.filter(client=made.client, revoked_at__isnull=True).count() == 2
    assert AuditEntry.objects.count() == entries


@pytest.mark.parametrize("kind", REGENERATE)
def test_the_credential_seen_is_replaced_once(kind):
    client = make_client()
    REGENERATE[kind](client, by=BY, number=0)
    REGENERATE[kind](client, by=BY, number=1)
    with pytest.raises(CredentialConflict):
        REGENERATE[kind](client, by=BY, number=1)


def test_a_number_taken_meanwhile_is_a_conflict(monkeypatch):
    client = make_client()
    monkeypatch.setattr(actions, "_replace", lambda *args, **kwargs: (_ for _ in ()).throw(IntegrityError))
    with pytest.raises(CredentialConflict):
        actions.regenerate_secret(client, by=BY)


@pytest.mark.parametrize("change", [{"active": False}, {"lrs_own": True}])
def test_nothing_is_changed_where_the_audit_log_cannot_be_written(change, monkeypatch):
    made = make_client_with_credentials()

    def refuse(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(audit, "_write", refuse)
    with pytest.raises(RuntimeError):
        actions.update_client(made.client, values=change, by=BY)
    with pytest.raises(RuntimeError):
        actions.regenerate_secret(made.client, by=BY)
    stored = Client.objects.get(pk=made.client.pk)
    assert (stored.active, stored.lrs_own, stored.generation) == (True, False, made.client.generation)
    assert Credential.objects.count() == 2


def test_deactivation_raises_the_generation_in_the_same_statement(django_capture_on_commit_callbacks):
    made = make_client_with_credentials()
    generation = made.client.generation
    with connection.execute_wrapper(recorder := Recorder()):
        actions.update_client(made.client, values={"active": False}, by=BY)
    updates = [sql for sql in recorder.statements if sql.startswith('UPDATE "clients_client"')]
    assert len(updates) == 1
    assert '"generation" =' in updates[0]
    assert (made.client.active, made.client.generation) == (False, generation + 1)
    actions.update_client(made.client, values={"active": False}, by=BY)
    actions.update_client(made.client, values={"active": True}, by=BY)
    assert (made.client.active, made.client.generation) == (True, generation + 1)


class Recorder:
    def __init__(self):
        self.statements = []

    def __call__(self, execute, sql, params, many, context):
        self.statements.append(sql)
        return execute(sql, params, many, context)


def test_a_change_is_audited_with_old_and_new():
    client, configuration = make_client(), make_configuration("entra")
    label = make_label("HR")
    values = {"lrs_own": True, "lrs_full_read": False, "scim_configuration": configuration, "name": "New"}
    old_name = client.name
    assert actions.update_client(client, values=values, labels=[label], by=BY)
    entry = last_entry()
    assert entry.facts == {
        "lrs_own": [False, True],
        "scim_configuration": [None, "Entra"],
        "name": [old_name, "New"],
        "labels": [[], ["HR"]],
    }
    assert (entry.action, entry.object_id, entry.actor_name) == ("client_updated", str(client.pk), "command test")
    assert (client.name, client.scim_configuration) == ("New", configuration)


def test_nothing_is_written_where_nothing_differs():
    client = make_client(lrs_own=True)
    entries, updated = AuditEntry.objects.count(), client.updated
    assert not actions.update_client(client, values={"lrs_own": True, "active": True}, labels=[], by=BY)
    assert AuditEntry.objects.count() == entries
    assert Client.objects.get().updated == updated


def test_labels_stay_where_none_are_named():
    label = make_label()
    client = make_client(label)
    actions.update_client(client, values={"lrs_own": True}, by=BY)
    assert list(client.labels.all()) == [label]


class TestConstraints:
    """What no code path may get around."""

    @pytest.mark.parametrize(
        "values",
        [{"client_type": "public"}, {"authorization_grant_type": "password"}, {"generation": 0}],
        ids=["F33 public client", "another grant", "no generation"],
    )
    def test_a_client_of_another_sort_cannot_be_stored(self, values):
        with pytest.raises(IntegrityError):
            Client.objects.filter(pk=make_client().pk).update(**values)

    def test_two_live_credentials_of_a_kind_cannot_be_stored(self):
        made = make_client_with_credentials()
        with pytest.raises(IntegrityError):
            Credential.objects.create(
                client=made.client, kind="secret", number=2, digest=b"x" * 32, created_at=timezone.now()
            )

    def test_a_client_id_is_never_stored_twice(self):
        with pytest.raises(IntegrityError):
            Client.objects.create(name="Copy", client_id=make_client().client_id)

    def test_there_is_no_column_for_a_secret(self):
        names = {field.name for field in Client._meta.get_fields()}
        assert not names & {"client_secret", "hash_client_secret", "redirect_uris", "user", "skip_authorization"}

    def test_usage_goes_with_its_client(self):
        client = make_client()
        ClientUsage.objects.create(client=client, started_at=timezone.now(), service="scim", outcome="ok", count=1)
        client.delete()
        assert not ClientUsage.objects.exists()
