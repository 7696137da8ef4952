"""The provisioning log beyond its list: filters, failures, limits, tries, and the switch for reads."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.utils import timezone

from clients.administration import Action, ObjectType
from clients.models import AuditEntry
from clients.roles import Assigned, Permission
from scim.models import LmsUser, ProvisioningEntry
from tests.builders import make_holder, make_role, make_superadmin
from tests.scim.conftest import assert_refused, make_directory, person

pytestmark = pytest.mark.django_db
LOG = "/system/provisioning-log/"


@pytest.fixture(autouse=True)
def fresh_cache():
    cache.clear()


@pytest.fixture
def superadmin(client):
    client.force_login(make_superadmin())
    return client


def rows(browser, /, **query):
    page = browser.get(LOG, query).content.decode()
    return page.count('class="name nowrap"')


def downloaded(browser, /, **query):
    answer = browser.get(LOG, query | {"download": "csv"})
    return len(b"".join(answer.streaming_content).decode().splitlines()) - 1


class TestFilters:
    @pytest.fixture
    def logged(self, directory):
        """Two users made, one refused; another configuration made one."""
        directory.created("a@x.test")
        directory.created("b@x.test")
        directory.post(person("A@x.test"))
        other = make_directory("other")
        other.created("c@x.test")
        first = ProvisioningEntry.objects.earliest("pk")
        entry = {one.name: getattr(first, one.name) for one in first._meta.fields if one.name != "id"}
        ProvisioningEntry.objects.create(**entry | {"at": timezone.now() - timedelta(days=8), "detail": "old"})
        return directory, other

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({}, 5),
            ({"status": "409"}, 1),
            ({"status": "201"}, 4),
            ({"outcome": "refused", "status": "201"}, 0),
            ({"period": "168"}, 4),
            ({"period": "720"}, 5),
            ({"status": "nonsense"}, 5),
            ({"user": "99999999999999999999999"}, 5),
        ],
    )
    def test_the_list_and_the_download_have_the_same(self, superadmin, logged, query, count):
        assert rows(superadmin, **query) == count
        if count:
            assert downloaded(superadmin, **query) == count

    def test_by_configuration_client_and_user(self, superadmin, logged):
        _directory, other = logged
        name = other.configuration.clients.get().name
        user = LmsUser.objects.get(user_name="b@x.test")
        for query in ({"configuration": other.configuration.pk}, {"client": name}, {"user": user.pk}):
            assert (rows(superadmin, **query), downloaded(superadmin, **query)) == (1, 1)
        assert "b@x.test</a>" in superadmin.get(LOG, {"user": user.pk}).content.decode()
        page = superadmin.get(f"/system/users/{user.pk}/").content.decode()
        assert f"{LOG}?user={user.pk}" in page

    def test_names_only_for_those_who_may_look_at_users(self, client, logged):
        role = make_role("Looks", Permission(ObjectType.SCIM_CONFIGURATION, Action.VIEW))
        client.force_login(make_holder(Assigned(role)))
        user = LmsUser.objects.get(user_name="b@x.test")
        page = client.get(LOG, {"user": user.pk}).content.decode()
        assert f"/system/users/{user.pk}/" not in page
        assert rows(client, user=user.pk) == 5


class TestFailures:
    def test_a_failure_is_logged_without_the_body(self, superadmin, directory, monkeypatch):
        def fail(*args, **kwargs):
            raise RuntimeError("hush")

        monkeypatch.setattr("scim.provisioning.match", fail)
        assert_refused(directory.post(person("a@x.test")), 500)
        entry = ProvisioningEntry.objects.get()
        assert (entry.status, entry.outcome, entry.path, entry.body) == (500, "failed", "/Users", "")
        page = superadmin.get(f"{LOG}{entry.pk}/").content.decode()
        assert "The server met a problem of its own." in page
        assert "hush" not in page

    def test_too_many_requests_are_summed(self, superadmin):
        directory = make_directory("slow", rate=1, burst=1)
        answers = [directory.get("/Users").status_code for _ in range(4)]
        assert answers == [200, 429, 429, 429]
        entry = ProvisioningEntry.objects.get()
        assert (entry.status, entry.outcome, entry.body) == (429, "refused", "")
        assert "more requests than allowed" in superadmin.get(f"{LOG}{entry.pk}/").content.decode()
        cache.delete(f"scim-refused-told-{directory.configuration.pk}")
        directory.get("/Users")
        assert ProvisioningEntry.objects.latest("pk").warnings == [
            "Requests refused for their number since the entry before: 3."
        ]


class TestTries:
    def test_a_refused_request_names_its_next_tries(self, superadmin, directory):
        LmsUser.objects.create(user_name="a@x.test", division="x")
        directory.configuration.existing_users = "refuse"
        directory.configuration.save()
        directory.post(person("a@x.test"))
        first = ProvisioningEntry.objects.get()
        assert "Sent again" not in superadmin.get(f"{LOG}{first.pk}/").content.decode()
        directory.created("b@x.test")
        LmsUser.objects.filter(user_name="a@x.test").delete()
        directory.created("a@x.test")
        again = ProvisioningEntry.objects.latest("pk")
        page = superadmin.get(f"{LOG}{first.pk}/").content.decode()
        assert page.count("Done (201)") == 1
        assert f"{LOG}{again.pk}/" in page
        assert "Sent again" not in superadmin.get(f"{LOG}{again.pk}/").content.decode()


class TestReads:
    def test_they_are_logged_for_a_day_when_somebody_says_so(self, superadmin, directory):
        url = f"/system/scim-configurations/{directory.configuration.pk}/log"
        directory.get("/Users")
        assert not ProvisioningEntry.objects.exists()
        assert superadmin.post(f"{url}-reads/", {"action": "start"}).url == f"{url}/"
        directory.configuration.refresh_from_db()
        left = directory.configuration.log_reads_until - timezone.now()
        assert timedelta(hours=23) < left <= timedelta(hours=24)
        directory.get("/Users")
        assert ProvisioningEntry.objects.get().outcome == "read"
        assert "Stop logging reads" in superadmin.get(f"{url}/").content.decode()
        superadmin.post(f"{url}-reads/", {"action": "stop"})
        directory.get("/Users")
        assert ProvisioningEntry.objects.count() == 1
        assert AuditEntry.objects.filter(action="scim_configuration_updated").count() == 2

    def test_who_may_only_look_is_offered_none(self, client, directory):
        url = f"/system/scim-configurations/{directory.configuration.pk}/log"
        role = make_role("Looks", Permission(ObjectType.SCIM_CONFIGURATION, Action.VIEW))
        client.force_login(make_holder(Assigned(role)))
        assert "Log reads for 24 hours" not in client.get(f"{url}/").content.decode()
        assert client.post(f"{url}-reads/", {"action": "start"}).status_code == 403
