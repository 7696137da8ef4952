"""Test connection: through the real layers, seen by nobody but the administrator."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone, translation

from clients import activity, connection, tokens, usage
from clients.models import AuditEntry, ClientUsage, Credential, LmsSettings, RecentRequest
from tests import builders
from tests.access_cases import set_active
from tests.headers import bearer


def address(client):
    return f"/system/oauth-clients/{client.pk}/credentials/test/"


def steps(browser, client):
    answer = browser.post(address(client))
    assert answer.status_code == 200
    return {row.step.name: (row.step.outcome.value, row.step.status, str(row.advice)) for row in answer.context["rows"]}


@pytest.fixture
def whole(world):
    """A client that may use everything."""
    builders.enable_shared_events()
    return builders.make_client_with_credentials(
        world.helsinki,
        lrs_own=True,
        lrs_full_read=True,
        shared_events=True,
        scim_configuration=builders.make_configuration(),
    )


def test_each_service_answers(root, whole):
    assert steps(root, whole.client) == dict.fromkeys(("token", "scim", "xapi", "shared_events"), ("passed", 200, ""))
    assert "Everything this client may use works." in root.post(address(whole.client)).content.decode()


def test_what_is_not_allowed_is_as_set(root, world):
    made = builders.make_client_with_credentials(world.helsinki, lrs_own=True)
    told = steps(root, made.client)
    assert {name: outcome for name, (outcome, *_) in told.items()} == {
        "token": "passed",
        "scim": "not_allowed",
        "xapi": "passed",
        "shared_events": "not_allowed",
    }


class TestWithoutToken:
    def test_no_secret(self, root, world):
        client = builders.make_client(world.helsinki, lrs_own=True)
        told = steps(root, client)
        assert told["token"] == ("failed", 0, "There is no client secret: generate one on the Credentials tab.")
        assert told["xapi"][0] == "not_tried"
        assert told["scim"][0] == "not_allowed"

    def test_inactive(self, root, whole):
        set_active(whole.client, active=False)
        assert "switch Active on" in steps(root, whole.client)["token"][2]

    def test_expired(self, root, whole):
        Credential.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
        assert "has expired" in steps(root, whole.client)["token"][2]

    def test_nothing_switched_on(self, root, world):
        made = builders.make_client_with_credentials(world.helsinki)
        assert "Nothing is switched on" in steps(root, made.client)["token"][2]


class TestFailing:
    @pytest.mark.parametrize(("status", "words"), [(400, "ALLOWED_HOSTS"), (503, "busy"), (500, "log of this")])
    def test_says_what_to_do(self, root, whole, monkeypatch, status, words):
        monkeypatch.setattr(connection, "_status_of", lambda request: status)
        outcome, shown, advice = steps(root, whole.client)["xapi"]
        assert (outcome, shown) == ("failed", status)
        assert words in advice

    def test_a_host_that_is_not_answered(self, root, whole):
        LmsSettings.objects.update(public_address="https://elsewhere.example.org")
        LmsSettings.forget()
        assert steps(root, whole.client)["xapi"][:2] == ("failed", 400)

    def test_under_https(self, root, whole, settings):
        settings.ALLOWED_HOSTS = ["testserver", "lms.example.org"]
        LmsSettings.objects.update(public_address="https://lms.example.org")
        LmsSettings.forget()
        assert steps(root, whole.client)["xapi"][:2] == ("passed", 200)


def test_nothing_is_counted_and_one_audit_entry_stays(root, whole):
    before = {model: model.objects.count() for model in (AuditEntry, Credential)}
    steps(root, whole.client)
    usage.flush()
    activity.flush()
    assert not ClientUsage.objects.exists()
    assert not RecentRequest.objects.exists()
    assert not Credential.objects.exclude(last_used_at=None).exists()
    assert AuditEntry.objects.count() == before[AuditEntry] + 1
    entry = AuditEntry.objects.latest("pk")
    assert entry.action == "client_connection_tested"
    assert entry.facts == {"token": 200, "scim": 200, "xapi": 200, "shared_events": 200}


def test_what_the_services_write_is_rolled_back(root, client, whole):
    configuration = whole.client.scim_configuration
    configuration.log_reads_until = timezone.now() + timedelta(hours=1)
    configuration.save()
    assert steps(root, whole.client)["scim"][0] == "passed"
    assert not configuration.entries.exists()
    client.get("/scim/v2/Users?count=1", **bearer(whole.bearer))
    assert configuration.entries.count() == 1


def test_the_token_is_ended_and_not_shown(root, whole, monkeypatch, client):
    issued, issue = [], tokens.issue

    def noted(*args, **kwargs):
        issued.append(issue(*args, **kwargs))
        return issued[-1]

    monkeypatch.setattr(tokens, "issue", noted)
    answer = root.post(address(whole.client))
    [token] = issued
    assert token[-20:] not in answer.content.decode()
    assert not re.search(r"lms(at|bt|cs)_", answer.content.decode())
    assert "no-store" in answer["Cache-Control"]
    version = {"HTTP_X_EXPERIENCE_API_VERSION": "1.0.3"}
    assert client.get("/xapi/statements", **bearer(token), **version).status_code == 401


def test_the_token_is_ended_also_when_a_service_breaks(whole, monkeypatch, client):
    issued, issue = [], tokens.issue
    monkeypatch.setattr(tokens, "issue", lambda *args, **kwargs: issued.append(issue(*args, **kwargs)) or issued[-1])

    def broken(request):
        raise RuntimeError

    monkeypatch.setattr(connection, "_status_of", broken)
    with pytest.raises(RuntimeError):
        connection.examine(whole.client, by=builders.BY)
    version = {"HTTP_X_EXPERIENCE_API_VERSION": "1.0.3"}
    assert client.get("/xapi/statements", **bearer(issued[0]), **version).status_code == 401


def test_the_page_keeps_its_zone_and_language(root, whole):
    LmsSettings.objects.update(time_zone="Europe/Helsinki")
    LmsSettings.forget()
    with timezone.override("Europe/Helsinki"), translation.override("fi"):
        connection.examine(whole.client, by=builders.BY)
        assert timezone.get_current_timezone_name() == "Europe/Helsinki"
        assert translation.get_language() == "fi"


def test_looking_tests_nothing(root, whole):
    before = AuditEntry.objects.count()
    answer = root.get(address(whole.client))
    assert answer.context["rows"] == []
    assert AuditEntry.objects.count() == before
