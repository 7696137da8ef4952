"""System > LRS activity: numbers of what is in reach, in the time of the LMS."""

import csv
import io
from datetime import UTC, date, datetime

import pytest
from django.test import Client as Http
from django.utils import timezone

from clients.administration import Action, ObjectType
from clients.models import LmsSettings
from clients.roles import Assigned, Permission
from lrs import counting
from lrs.models import CountPosition, HourCount, Kind, TopCount, Unit
from tests import builders
from tests.lrs.statement.samples import statement
from tests.lrs.stored import new_id, store_for

URL = "/system/lrs/activity/"
PASSED = {"id": "http://example.org/verbs/passed", "display": {"en": "passed", "fi": "läpäisi"}}
COURSE = {"id": "http://example.org/course", "definition": {"name": {"en": "Fire safety"}}}
BARE = {"id": "http://example.org/bare"}


def tell(client, *targets, verb=PASSED):
    store_for(client, *(statement(id=new_id(), verb=verb, object=target) for target in targets))


def signed_in(user):
    http = Http()
    http.force_login(user)
    return http


def rows(answer):
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.fixture
def hr(db):
    return builders.make_label("HR")


@pytest.fixture
def near(hr):
    return builders.make_client(hr, name="Near")


@pytest.fixture
def far(db):
    return builders.make_client(name="Far")


@pytest.fixture
def root(db):
    return signed_in(builders.make_superadmin())


@pytest.fixture
def limited(hr):
    may = [Permission(ObjectType.STATEMENT, action) for action in (Action.VIEW, Action.DOWNLOAD)]
    return signed_in(builders.make_holder(Assigned(builders.make_role("Learning", *may), [hr])))


@pytest.fixture
def told(near, far):
    tell(near, COURSE, COURSE, BARE)
    tell(far, {"id": BARE["id"], "definition": {"name": {"en": "Secret name"}}})
    counting.run()


def test_all_numbers_of_everybody(root, told):
    shown = root.get(URL).context
    assert shown["chart"].bars[-1].total == 4
    assert [(row.total.client.name, row.statements, row.share) for row in shown["clients"]] == [
        ("Near", 3, 75.0),
        ("Far", 1, 25.0),
    ]
    assert [(row.use.name, row.use.statements, row.share) for row in shown["verbs"]] == [("passed", 4, 100.0)]
    names = {row.use.name: (row.use.statements, row.share) for row in shown["activities"]}
    assert names == {"Fire safety": (2, 50.0), "Secret name": (2, 50.0)}


def test_whoever_is_limited_sees_numbers_and_names_of_clients_in_reach_only(limited, told, far):
    answer = limited.get(URL)
    assert answer.context["chart"].bars[-1].total == 3
    assert [(row.use.name, row.use.statements) for row in answer.context["activities"]] == [
        ("Fire safety", 2),
        (BARE["id"], 1),
    ]
    content = answer.content.decode()
    assert "Far" not in content
    assert "Secret name" not in content
    assert limited.get(URL, {"client": far.pk}).context["chart"].bars[-1].total == 3


def test_one_client(root, told, far):
    answer = root.get(URL, {"client": far.pk})
    assert [row.total.client.name for row in answer.context["clients"]] == ["Far"]
    assert [(row.use.iri, row.use.statements) for row in answer.context["activities"]] == [(BARE["id"], 1)]
    assert f"client={far.pk}" in answer.context["activities"][0].url


def test_each_table_as_csv_for_the_period_and_client_of_the_page(root, told, near):
    downloads = root.get(URL, {"client": near.pk}).context["downloads"]
    assert rows(root.get(downloads["periods"]))[-1][2] == "3"
    assert [row[:4] for row in rows(root.get(downloads["clients"]))[1:]] == [["Near", "3", "100.0", "3"]]
    assert rows(root.get(downloads["verbs"]))[1:] == [["passed", PASSED["id"], "3", "100.0"]]
    assert rows(root.get(downloads["activities"]))[1:] == [
        ["Fire safety", COURSE["id"], "2", "66.7"],
        [BARE["id"], BARE["id"], "1", "33.3"],
    ]


def test_downloads_hold_what_is_in_reach(limited, told):
    assert [row[0] for row in rows(limited.get(URL + "clients.csv"))[1:]] == ["Near"]
    assert [row[2] for row in rows(limited.get(URL + "activities.csv"))[1:]] == ["2", "1"]


def test_without_the_permission_nothing_is_offered_for_download(told, hr):
    may = Permission(ObjectType.STATEMENT, Action.VIEW)
    answer = signed_in(builders.make_holder(Assigned(builders.make_role("Viewer", may)))).get(URL)
    assert answer.context["downloads"] == {}
    assert ".csv" not in answer.content.decode()


def test_days_begin_in_the_zone_of_the_lms_and_have_the_hours_they_have(root, near):
    """In Helsinki 25 October 2026 had 25 hours: from 21 UTC on the 24th to 22 UTC on the 25th."""
    LmsSettings.objects.update(time_zone="Europe/Helsinki")
    LmsSettings.forget()
    tell(near, COURSE)
    counting.run()
    HourCount.objects.all().delete()
    start = int(datetime(2026, 10, 24, 20, tzinfo=UTC).timestamp()) // 3600
    HourCount.objects.bulk_create(
        HourCount(client=near, hour=start + after, statements=count)
        for after, count in ((0, 1), (1, 2), (25, 4), (26, 8))
    )
    period = {"from": "2026-10-24", "to": "2026-10-26"}
    days = [bar.total for bar in root.get(URL, period).context["chart"].bars]
    assert days == [1, 2 + 4, 8]


def test_periods_of_a_month_and_less_count_days_and_longer_ones_months(root, near, told):
    TopCount.objects.all().delete()
    for unit, start in ((Unit.DAY, 20_767), (Unit.DAY, 20_766), (Unit.MONTH, 682)):  # 10 and 9 November 2026
        TopCount.objects.create(
            client=near,
            unit=unit,
            kind=Kind.VERB,
            start=start,
            key="0" * 31 + "1",
            iri="x:y",
            statements=5 if unit == Unit.DAY else 70,
        )
    short = root.get(URL, {"from": "2026-11-10", "to": "2026-11-20"}).context
    assert [row.use.statements for row in short["verbs"]] == [5]
    assert short["span"].text.startswith("Whole days of UTC: ")
    long = root.get(URL, {"from": "2026-10-15", "to": "2026-11-20"}).context
    assert [row.use.statements for row in long["verbs"]] == [70]
    assert "October 2026" in long["span"].text


def test_what_was_counted_together_has_no_row_but_counts_in_the_shares(root, near, told):
    day = (timezone.now().date() - date(1970, 1, 1)).days
    TopCount.objects.create(
        client=near, unit=Unit.DAY, kind=Kind.VERB, start=day, key=counting.REST, iri="", statements=4
    )
    assert [(row.use.name, row.share) for row in root.get(URL).context["verbs"]] == [("passed", 50.0)]


def test_the_page_says_up_to_when_is_counted_and_when_that_is_long_ago(root, told):
    assert "Counting is behind" not in root.get(URL).content.decode()
    before = CountPosition.objects.get().seq
    CountPosition.objects.update(seq=before - 2 * 3_600_000_000)
    content = root.get(URL).content.decode()
    assert "Counting is behind" in content
    assert "Counted up to" in content


def test_an_empty_store_says_so(root, limited):
    answer = root.get(URL)
    assert answer.context["state"] == "none_yet"
    assert "Nothing is counted yet" in answer.content.decode()
    assert limited.get(URL).context["state"] == "no_reach"
    assert rows(root.get(URL + "periods.csv"))[-1][2] == "0"


@pytest.mark.parametrize("sent", [{"from": "x", "to": "9" * 30, "unit": "eon", "client": "'"}, {"client": "²"}])
def test_unknown_values_are_ignored(root, told, sent):
    assert root.get(URL, sent).context["chart"].bars[-1].total == 4


def test_the_number_of_queries_does_not_grow(root, told, near, django_assert_num_queries):
    for number in range(5):
        client = builders.make_client()
        tell(client, {"id": f"x:{number}", "definition": {"name": {"en": str(number)}}})
    counting.run()
    root.get(URL)
    with django_assert_num_queries(11):
        root.get(URL)
