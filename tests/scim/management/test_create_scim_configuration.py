"""manage.py create_scim_configuration SLUG [--name N] [--preset P]."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clients.models import AuditEntry
from scim.models import ScimConfiguration
from scim.tolerances import PRESETS, Preset

pytestmark = pytest.mark.django_db


def create(*arguments):
    out = StringIO()
    call_command("create_scim_configuration", *arguments, stdout=out)
    return out.getvalue()


@pytest.mark.parametrize(("arguments", "name"), [(["entra"], "entra"), (["entra", "--name", "Entra ID"], "Entra ID")])
def test_it_makes_a_configuration_and_prints_its_slug(arguments, name):
    assert create(*arguments) == "entra\n"
    assert ScimConfiguration.objects.get().name == name


@pytest.mark.parametrize("preset", Preset)
def test_a_preset_sets_what_the_provider_may_send(preset):
    create("acme", "--preset", preset)
    assert ScimConfiguration.objects.get().tolerances == PRESETS[preset]


def test_it_leaves_the_audit_entry_that_the_page_leaves():
    create("entra")
    entry = AuditEntry.objects.get(action="scim_configuration_created")
    assert (entry.via, entry.actor_name) == ("command", "command create_scim_configuration")


@pytest.mark.parametrize("slug", ["entra", "v2", "a b", "x" * 65, ""])
def test_a_slug_that_cannot_be_is_refused_in_words(slug):
    create("entra")
    with pytest.raises(CommandError, match="slug"):
        create(slug)
    assert ScimConfiguration.objects.count() == 1
