"""Results of provisioning over time, and users by state."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from clients.administration import Action, ObjectType
from clients.roles import Assigned, Permission
from scim.models import LmsUser, ProvisioningEntry
from tests.builders import make_administrator, make_configuration, make_holder, make_label, make_role, make_superadmin

pytestmark = pytest.mark.django_db
URL = "/system/provisioning-log/activity/"
NOVEMBER = {"from": "2026-11-01", "to": "2026-11-03"}


@pytest.fixture
def superadmin(client):
    client.force_login(make_superadmin())
    return client


def log(configuration, at, outcome="done"):
    ProvisioningEntry.objects.create(
        configuration=configuration, at=datetime.fromisoformat(at), status=200, outcome=outcome, duration_ms=1
    )


def downloaded(client, what, **query):
    answer = client.get(URL, query | {"download": what})
    return list(csv.reader(b"".join(answer.streaming_content).decode().splitlines()))


def counts(client, **query):
    answer = client.get(URL, NOVEMBER | query | {"download": "csv"})
    lines = b"".join(answer.streaming_content).decode().splitlines()[1:]
    return [tuple(map(int, line.rsplit(",", 2)[1:])) for line in lines]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, [(1, 1), (0, 0), (1, 1)]),
        ({"configuration": "one"}, [(1, 1), (0, 0), (0, 0)]),
        ({"configuration": "two"}, [(0, 0), (0, 0), (1, 1)]),
        ({"unit": "month"}, [(2, 2)]),
        ({"unit": "week"}, [(1, 1), (1, 1)]),
    ],
)
def test_by_configuration_and_unit(superadmin, query, expected):
    made = {slug: make_configuration(slug) for slug in ("one", "two")}
    log(made["one"], "2026-11-01T10:00:00+00:00")
    log(made["one"], "2026-11-01T12:00:00+00:00", "refused")
    log(made["two"], "2026-11-03T12:00:00+00:00", "failed")
    log(made["two"], "2026-11-03T12:00:00+00:00", "unchanged")
    if "configuration" in query:
        query = {"configuration": made[query["configuration"]].pk}
    assert counts(superadmin, **query) == expected


def test_hours_are_told_apart(superadmin):
    one = make_configuration("one")
    log(one, "2026-11-02T10:05:00+00:00")
    log(one, "2026-11-02T10:55:00+00:00")
    log(one, "2026-11-02T11:00:00+00:00", "refused")
    assert [pair for pair in counts(superadmin, unit="hour") if pair != (0, 0)] == [(2, 0), (0, 1)]


def test_users_by_state_for_those_who_may_see_users(superadmin, client):
    LmsUser.objects.create(user_name="a")
    LmsUser.objects.create(user_name="b", blocked=True, blocked_at=timezone.now(), blocked_by="administrator")
    page = superadmin.get(URL).content.decode()
    assert all(f"{name}. Users: 1" in page for name in ("Active", "Blocked by an administrator"))
    role = make_role("Looks", Permission(ObjectType.SCIM_CONFIGURATION, Action.VIEW))
    client.force_login(make_holder(Assigned(role)))
    page = client.get(URL).content.decode()
    assert "Users by state" not in page
    assert "download=csv" not in page
    assert client.get(URL, {"download": "csv"}).status_code == 403


@pytest.mark.parametrize(
    ("age", "told"),
    [
        ({"minutes": 7, "seconds": 59}, "Minutes since the last success: 7"),
        ({"hours": 30}, "Hours since the last success: 30"),
        ({"days": 200}, "Days since the last success: 200"),
    ],
)
def test_lag_is_the_age_of_the_last_success(superadmin, age, told):
    late, quick, never = (make_configuration(slug) for slug in ("late", "quick", "never"))
    make_configuration("off", active=False)
    now = timezone.now()
    at = now - timedelta(**age)
    log(late, (at - timedelta(days=1)).isoformat())
    log(late, at.isoformat(), "unchanged")
    log(late, now.isoformat(), "refused")
    log(quick, now.isoformat(), "read")
    log(never, now.isoformat(), "failed")
    page = superadmin.get(URL).content.decode()
    assert f"Late. {told}" in page
    assert f"Quick. {told.rpartition(' ')[0]} 0" in page
    assert "Without any success yet: Never" in page
    rows = downloaded(superadmin, "lag")
    assert rows[0] == ["Configuration", "Last success", "Seconds since"]
    assert [row[0] for row in rows[1:]] == ["Late", "Quick", "Never"]
    assert rows[1][1] == at.astimezone(UTC).isoformat(timespec="seconds")
    assert int(rows[1][2]) >= timedelta(**age).total_seconds() - 1
    assert rows[3][1:] == ["", ""]
    assert [row[0] for row in downloaded(superadmin, "lag", configuration=quick.pk)[1:]] == ["Quick"]


def test_before_the_first_success_there_is_no_lag(superadmin):
    make_configuration()
    assert "No request has succeeded yet." in superadmin.get(URL).content.decode()


def test_users_by_state_can_be_downloaded(superadmin, client):
    LmsUser.objects.create(user_name="a")
    LmsUser.objects.create(user_name="b", blocked=True, blocked_at=timezone.now(), blocked_by="directory")
    assert downloaded(superadmin, "states") == [
        ["State", "Users"],
        ["Active", "1"],
        ["Blocked by a directory", "1"],
        ["Blocked by an administrator", "0"],
        ["Blocked by an import", "0"],
    ]
    looks = make_role(
        "Looks", *(Permission(kind, Action.VIEW) for kind in (ObjectType.USER, ObjectType.SCIM_CONFIGURATION))
    )
    client.force_login(make_holder(Assigned(looks)))
    assert "Users by state" in client.get(URL).content.decode()
    assert client.get(URL, {"download": "states"}).status_code == 403


def test_what_is_out_of_reach_is_not_counted(client):
    near, far = make_configuration("near"), make_configuration("far")
    label = make_label("HR")
    near.labels.add(label)
    client.force_login(make_administrator(label))
    log(near, "2026-11-02T10:05:00+00:00")
    log(far, "2026-11-02T10:05:00+00:00")
    assert [row[0] for row in downloaded(client, "lag")[1:]] == ["Near"]
    assert sum(good for good, _ in counts(client)) == 1
    assert sum(good for good, _ in counts(client, configuration=far.pk)) == 1
    assert "Far" not in client.get(URL).content.decode()
