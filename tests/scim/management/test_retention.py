"""Commands that forget, link and index."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from clients.models import AuditEntry
from lms_oauth.signals import user_purged
from scim.models import LmsUser, ProvisioningEntry, ScimAttribute, ScimLink, ScimMembership
from tests.scim.conftest import ENTERPRISE, assert_refused, make_directory, person

pytestmark = pytest.mark.django_db


def run(capsys, *words, **options):
    call_command(*words, **options)
    return capsys.readouterr().out.strip()


def age(days):
    return timezone.now() - timedelta(days=days)


@pytest.fixture
def gone(directory):
    """One who left long ago, one who left now, and one who is there."""
    users = [directory.created(f"u{number}@x.test", externalId=f"e{number}") for number in range(3)]
    directory.grouped("g", *users)
    directory.send("DELETE", f"/Users/{users[0]['id']}")
    directory.patch(users[1]["id"], {"op": "replace", "path": "active", "value": False})
    LmsUser.objects.filter(user_name="u0@x.test").update(blocked_at=age(400))
    return users


def test_who_was_blocked_long_ago_is_deleted_and_leaves_a_tombstone(
    capsys, directory, gone, django_capture_on_commit_callbacks
):
    heard = []

    def listen(sender, user_ids, **_):
        heard.extend(user_ids)

    pk = LmsUser.objects.get(user_name="u0@x.test").pk
    assert run(capsys, "purge_blocked_users", dry_run=True) == "1 users would be deleted."
    user_purged.connect(listen)
    with django_capture_on_commit_callbacks(execute=True):
        assert run(capsys, "purge_blocked_users") == "1 users deleted."
    user_purged.disconnect(listen)
    assert heard == [pk]
    assert sorted(LmsUser.objects.values_list("user_name", flat=True)) == ["u1@x.test", "u2@x.test"]
    link = ScimLink.objects.get(scim_id=gone[0]["id"])
    assert (link.user, link.key, link.external_id, link.data) == (None, "", "", {})
    assert "u0@x.test" not in str(list(ProvisioningEntry.objects.filter(scim_id=gone[0]["id"]).values()))
    assert AuditEntry.objects.filter(action="user_purged", object_id=str(pk)).exists()
    assert_refused(directory.get(f"/Users/{gone[0]['id']}"), 404)
    assert directory.post(person("u0@x.test", externalId="e0")).status_code == 201


def test_a_live_link_of_a_purged_user_is_gone_too(capsys, directory, gone):
    LmsUser.objects.filter(user_name="u1@x.test").update(blocked_at=age(400))
    assert run(capsys, "purge_blocked_users", "--older-than", "2m") == "2 users deleted."
    assert_refused(directory.get(f"/Users/{gone[1]['id']}"), 404)
    assert ScimMembership.objects.count() == 1
    assert not ScimAttribute.objects.filter(link__scim_id=gone[1]["id"]).exists()


def test_old_entries_are_deleted(capsys, directory, gone):
    total = ProvisioningEntry.objects.count()
    assert run(capsys, "purge_provisioning_log", "--older-than", "1d") == "0 entries deleted."
    super(type(ProvisioningEntry.objects.all()), ProvisioningEntry.objects.all()).update(at=age(40))
    assert run(capsys, "purge_provisioning_log", "--older-than", "1m") == f"{total} entries deleted."


@pytest.mark.parametrize("text", ["12", "m", "0d", "1w"])
def test_an_age_that_is_none_is_refused(text):
    with pytest.raises(CommandError, match="an age like"):
        call_command("purge_provisioning_log", "--older-than", text)


def test_the_index_can_be_made_again(capsys, directory):
    directory.created(title="Boss")
    before = sorted(ScimAttribute.objects.values_list("path", "text", "number"), key=str)
    ScimAttribute.objects.all().delete()
    assert run(capsys, "rebuild_scim_index") == "1 resources indexed."
    assert sorted(ScimAttribute.objects.values_list("path", "text", "number"), key=str) == before
    assert directory.names('title eq "boss"') == ["u1@x.test"]


class TestLinking:
    def test_existing_users_in_scope_are_found(self, capsys):
        division = {"field": "division", "op": "equals", "value": "N"}
        directory = make_directory("n", existing_users="visible", scope_rule=division)
        LmsUser.objects.create(
            user_name="k@x.test", email="k@x.test", given_name="K", department="d", country="FI", division="N"
        )
        LmsUser.objects.create(user_name="out@x.test", division="S")
        assert run(capsys, "link_scim_users", "n") == "1 users linked."
        assert run(capsys, "link_scim_users", "n") == "0 users linked."
        (found,) = directory.find('emails eq "K@x.test"').json()["Resources"]
        assert found["name"] == {"givenName": "K"}
        assert found["addresses"] == [{"type": "work", "country": "FI"}]
        assert found[ENTERPRISE] == {"department": "d", "division": "N"}
        assert directory.patch(found["id"], {"op": "replace", "path": "title", "value": "t"}).status_code == 200

    @pytest.mark.parametrize(("slug", "reason"), [("nobody", "no SCIM configuration"), ("link", "does not show")])
    def test_it_says_why_not(self, slug, reason):
        make_directory("link")
        with pytest.raises(CommandError, match=reason):
            call_command("link_scim_users", slug)
