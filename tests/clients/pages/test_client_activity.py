"""The Activity tab: whether the client works, what it did, and why it was refused."""

import csv
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from clients.models import ClientUsage, LmsSettings
from clients.pages import activity_figures
from clients.pages.period import Period
from clients.rights import Service
from tests import builders
from tests.access_cases import make_client_for
from tests.clients.activity_cases import count, refuse, request_of, use
from tests.headers import bearer


def address(client, name=""):
    return f"/system/oauth-clients/{client.pk}/activity/{name}"


def main(answer):
    return answer.content.decode().partition("<main")[2]


@pytest.fixture
def used(world):
    made = builders.make_client_with_credentials(world.helsinki, lrs_own=True)
    use(made.client)
    count(made.client, "ok", 7)
    count(made.client, "forbidden", 2)
    count(made.client, "failed", 1)
    count(made.client, "unauthenticated", 3, days_ago=1)
    count(made.client, "issued", 4, service="oauth", days_ago=1)
    count(made.client, "forbidden", 5, service="oauth", days_ago=2)
    count(made.client, "ok", 100, days_ago=40)
    return made.client


def test_a_client_never_used_says_so(root, world):
    content = main(root.get(address(world.near)))
    assert "Not used yet" in content
    assert '<svg class="chart"' not in content


def test_a_use_is_seen_at_once(client, world):
    made = make_client_for(Service.XAPI)
    client.get(
        "/xapi/statements", REMOTE_ADDR="192.0.2.7", HTTP_X_EXPERIENCE_API_VERSION="1.0.3", **bearer(made.bearer)
    )
    client.force_login(world.root)
    content = main(client.get(address(made.client)))
    assert f"Bearer token …{made.bearer[-4:]}" in content
    assert "from 192.0.2.7" in content
    assert "GET /xapi/statements" in content
    assert made.bearer not in content


class TestFigures:
    def test_what_was_refused_after_the_login_did_not_succeed(self, root, used):
        bars = root.get(address(used)).context["chart"].bars
        assert [bar.values for bar in bars[-3:]] == [(0, 5), (4, 3), (4, 3)]
        assert bars[-1].running

    def test_totals_of_the_period(self, root, used):
        context = root.get(address(used)).context
        assert (context["requests"], context["refused"]) == ("19", "11")

    @pytest.mark.parametrize("unit", ["hour", "day", "week", "month"])
    def test_every_unit_counts_the_same(self, root, used, unit):
        days = {"hour": 3, "day": 60, "week": 60, "month": 60}[unit]
        today = timezone.localdate()
        sent = {"from": today.fromordinal(today.toordinal() - days).isoformat(), "unit": unit}
        chart = root.get(address(used), sent).context["chart"]
        assert sum(bar.total for bar in chart.bars) == (19 if unit == "hour" else 119)
        assert chart.title == f"Requests per {unit}"

    def test_nonsense_in_the_address_is_ignored(self, root, used):
        answer = root.get(address(used), {"from": "x", "to": "9999-99-99", "unit": "fortnight"})
        assert answer.status_code == 200
        assert len(answer.context["chart"].bars) == 30

    def test_a_day_begins_in_the_zone_of_the_lms(self, world):
        at = datetime(2026, 10, 24, 22, tzinfo=UTC)  # the 25th in Helsinki, where the clock changes that day
        ClientUsage.objects.create(client=world.near, started_at=at, service="xapi", outcome="ok", count=3)
        with timezone.override(ZoneInfo("Europe/Helsinki")):
            period = Period.of({"from": "2026-10-24", "to": "2026-10-26"})
            assert [bar.total for bar in activity_figures.bars(world.near, period)] == [0, 3, 0]
            hours = Period.of({"from": "2026-10-25", "to": "2026-10-25", "unit": "hour"})
            assert [bar.total for bar in activity_figures.bars(world.near, hours)] == [0, 3, *[0] * 23]


class TestRefused:
    def test_reasons_with_what_to_do(self, root, used):
        refuse(used, "old credential", 3)
        refuse(used, "wrong secret")
        rows = root.get(address(used)).context["refused_logins"]
        assert [(str(row.reason), row.service, row.count) for row in rows] == [
            ("Old secret or token", "xAPI LRS", 3),
            ("Wrong secret", "xAPI LRS", 1),
        ]
        assert "newest value" in main(root.get(address(used)))

    def test_of_this_client_and_period_only(self, root, used, world):
        refuse(world.far, "wrong secret")
        refuse(used, "wrong secret")
        answer = root.get(address(used), {"from": "2026-01-01", "to": "2026-01-02"})
        assert answer.context["refused_logins"] == []
        assert len(root.get(address(used)).context["refused_logins"]) == 1

    def test_a_reason_without_words_is_shown_as_it_is(self, root, used):
        refuse(used, "new reason", service="new service")
        [row] = root.get(address(used)).context["refused_logins"]
        assert (row.reason, row.service) == ("new reason", "new service")


def test_the_last_requests_with_their_outcomes(root, used):
    for seconds, status in enumerate((200, 404, 403, 500)):
        request_of(used, seconds_ago=seconds, status=status, reason="no right" if status == 403 else "")
    rows = root.get(address(used)).context["recent"]
    assert [str(row.outcome) for row in rows] == ["Succeeded", "Not found", "Refused", "Failed"]
    assert "No right" in main(root.get(address(used)))


def test_csv(root, used):
    answer = root.get(address(used, "requests.csv"))
    rows = list(csv.reader(answer.getvalue().decode().splitlines()))
    assert rows[0] == ["Day", "Succeeded", "Refused or failed"]
    assert rows[-1][1:] == ["4", "3"]
    assert len(rows) == 31
    assert f"activity-{used.client_id}.csv" in answer["Content-Disposition"]


def test_the_csv_is_offered_with_the_permission_only(client, world, used):
    assert "requests.csv?unit=week" in main(_as(client, world.root).get(address(used), {"unit": "week"}))
    reader = builders.make_holder(builders.Assigned(builders.make_role("Look", *_viewing())), username="reader")
    assert "requests.csv" not in main(_as(client, reader).get(address(used)))


def _as(client, user):
    client.force_login(user)
    return client


def _viewing():
    return [builders.Permission("client", "view")]


def test_queries_do_not_grow(root, used, django_assert_num_queries):
    LmsSettings.current()
    for number in range(30):
        request_of(used, seconds_ago=number)
    for reason in activity_figures.REASONS:
        refuse(used, reason)
    with django_assert_num_queries(8):
        root.get(address(used))
