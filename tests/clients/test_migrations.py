"""What migrations do with data that is there already."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from clients.administration import LABELLED, PERMISSIONS, ObjectType
from clients.models import Administrator, PermissionLabel, Role

BEFORE, AFTER = ("clients", "0005_roles"), ("clients", "0007_administrators_without_labels")


def migrate(target):
    executor = MigrationExecutor(connection)
    executor.migrate([target])
    return MigrationExecutor(connection).loader.project_state([target]).apps


@pytest.mark.django_db(transaction=True)
def test_limited_administrators_keep_exactly_their_reach():
    old = migrate(BEFORE)
    label = old.get_model("clients", "PermissionLabel").objects.create(name="HR")
    people = old.get_model("clients", "Administrator").objects
    people.create(username="anna").labels.add(label)
    people.create(username="nobody")
    try:
        migrate(AFTER)
        there = Administrator.objects.only("username", "is_active", "is_superuser")  # other fields came later
        anna, nobody = (there.get(username=name) for name in ("anna", "nobody"))
        hr = PermissionLabel.objects.get()
        kinds = set(LABELLED) - {ObjectType.PEER}  # peers came later
        assert all(anna.reach(action, kind) == {hr.pk} for kind in kinds for action in PERMISSIONS[kind])
        assert not any(nobody.may(action, kind) for kind, actions in PERMISSIONS.items() for action in actions)
        again = migrate(BEFORE).get_model("clients", "Administrator").objects
        assert [[label.name for label in person.labels.all()] for person in again.order_by("username")] == [["HR"], []]
        migrate(AFTER)
        assert [role.name for role in Role.objects.all()] == ["Integration administrator"]
    finally:
        call_command("migrate", verbosity=0)
