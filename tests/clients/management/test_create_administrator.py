from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clients.administration import Action, ObjectType
from clients.models import Administrator, AuditEntry
from clients.roles import Permission
from tests import builders

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("create_administrator", *arguments, stdout=out)
    return out.getvalue()


def test_roles_narrowed_by_labels_and_a_password_for_one_use():
    label = builders.make_label("HR")
    builders.make_role("Reader", Permission(ObjectType.CLIENT, Action.VIEW))
    printed = run("bo", "--role", "reader", "--label", "HR", "--email", "bo@example.org")
    bo = Administrator.objects.get(username="bo")
    assert bo.check_password(printed.split()[-1])
    assert bo.must_change_password
    assert bo.reach(Action.VIEW, ObjectType.CLIENT) == {label.pk}
    entry = AuditEntry.objects.get(action="administrator_created")
    assert (entry.actor_name, entry.facts["roles"]) == ("command create_administrator", ["Reader: HR"])


def test_without_labels_as_wide_as_the_role():
    builders.make_role("Reader", Permission(ObjectType.CLIENT, Action.VIEW))
    run("bo", "--role", "Reader")
    assert Administrator.objects.get(username="bo").reach(Action.VIEW, ObjectType.CLIENT) is None


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["bo", "--role", "X"], "No role is called 'X'. There are: none yet."),
        (["bo", "--label", "X"], "No permission label 'X'"),
        (["bo", "--email", "x"], "valid email"),
        (["TAKEN"], "ignoring_case"),
    ],
)
def test_refusals(arguments, message):
    builders.make_administrator(username="taken")
    with pytest.raises(CommandError, match=message):
        run(*arguments)
    assert not Administrator.objects.filter(username="bo").exists()
