"""Who changes what another administrator has just deleted is told so: nothing is written, and a page answers 404."""

import pytest

from clients import actions, labels, roles
from clients.locking import Gone
from clients.models import AuditEntry, Client, Credential, PermissionLabel
from scim import actions as scim
from shared_events import share_labels
from shared_events.models import ShareLabel
from shared_events.sharing import set_sharing
from tests import builders
from tests.builders import BY

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        lambda client: actions.update_client(client, values={"active": True}, by=BY),
        lambda client: actions.update_client(client, values={}, labels=[builders.make_label()], by=BY),
        lambda client: actions.update_client(client, values={"name": "New"}, seen=client.version, by=BY),
        lambda client: actions.delete_client(client, by=BY),
        lambda client: actions.regenerate_secret(client, by=BY),
        lambda client: actions.regenerate_token(client, number=1, by=BY),
        lambda client: set_sharing(client, all_events=False, share_labels=[], by=BY),
    ],
    ids=["switched on", "labelled", "renamed", "deleted", "new secret", "new token", "sharing"],
)
def test_nothing_changes_a_deleted_client(change):
    made = builders.make_client_with_credentials()
    actions.delete_client(made.client, by=BY)
    stored = Client.objects.filter(pk=made.client.pk).values()
    told = AuditEntry.objects.filter(object_type="client", object_id=made.client.pk)
    before = stored.get(), told.count()
    with pytest.raises(Gone):
        change(made.client)
    assert (stored.get(), told.count()) == before
    assert not made.client.labels.exists()
    assert not Credential.objects.filter(client=made.client, revoked_at=None).exists()


def _label():
    label = builders.make_label()
    PermissionLabel.objects.get(pk=label.pk).delete()
    return label


def _role():
    role = builders.make_role("Of a moment")
    type(role).objects.get(pk=role.pk).delete()
    return role


def _share_label():
    label = ShareLabel.objects.create(name="Of a moment")
    ShareLabel.objects.get(pk=label.pk).delete()
    return label


def _configuration():
    configuration = builders.make_configuration()
    type(configuration).objects.get(pk=configuration.pk).delete()
    return configuration


@pytest.mark.parametrize(
    ("make", "change"),
    [
        (_label, lambda label: labels.update_label(label, name="New", by=BY)),
        (_label, lambda label: labels.delete_label(label, by=BY)),
        (_role, lambda role: roles.update_role(role, values={"name": "New"}, by=BY)),
        (_role, lambda role: roles.set_permissions(role, [], by=BY)),
        (_role, lambda role: roles.delete_role(role, by=BY)),
        (_share_label, lambda label: share_labels.update_share_label(label, name="New", by=BY)),
        (_share_label, lambda label: share_labels.delete_share_label(label, by=BY)),
        (_configuration, lambda row: scim.update_configuration(row, values={"name": "New"}, by=BY)),
        (_configuration, lambda row: scim.delete_configuration(row, by=BY)),
    ],
)
def test_nothing_changes_what_is_gone(make, change):
    row = make()
    entries = AuditEntry.objects.count()
    with pytest.raises(Gone):
        change(row)
    assert AuditEntry.objects.count() == entries
