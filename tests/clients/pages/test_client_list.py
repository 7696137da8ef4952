"""The list of OAuth clients."""

import csv
from datetime import timedelta

import pytest
from django.utils import timezone

from clients.models import Client, Credential
from tests import builders
from tests.clients.activity_cases import count, use

URL = "/system/oauth-clients/"


def names(browser, **query):
    return [row.name for row in browser.get(URL, query).context["listing"].page]


def test_columns_begin_with_name_description_updated(root):
    heads = [str(head.label) for head in root.get(URL).context["listing"].heads]
    assert heads == ["Name", "Description", "Updated", "Active", "Access", "Permission labels", "Last used", "Choose"]


def test_rows_out_of_reach_are_neither_shown_nor_counted(anna):
    page = anna.get(URL)
    assert [row.name for row in page.context["listing"].page] == ["Near"]
    assert "1–1 of 1 client<" in page.content.decode()
    assert "Far" not in page.content.decode()
    assert names(anna, q="Far") == []


def test_label_filter_takes_sublabels_and_offers_only_labels_in_reach(anna, world):
    page = anna.get(URL, {"label": world.hr.pk})
    assert [row.name for row in page.context["listing"].page] == ["Near"]
    options = [option.label for option in page.context["listing"].filters[0].offered.options]
    assert options == ["HR", "HR / Helsinki"]
    assert names(anna, label=world.partners.pk) == ["Near"]  # not offered, so ignored


@pytest.mark.parametrize(
    ("access", "expected"),
    [
        ("scim", ["Scim"]),
        ("lrs-own", ["Own"]),
        ("lrs-full", ["Full"]),
        ("shared-events", ["Shared"]),
        ("none", ["Bare", "Far", "Near"]),
    ],
)
def test_access_filter(root, access, expected):
    builders.make_client(name="Scim", scim_configuration=builders.make_configuration())
    builders.make_client(name="Own", lrs_own=True)
    builders.make_client(name="Full", lrs_full_read=True)
    builders.make_client(name="Shared", shared_events=True)
    assert names(root, access=access) == expected


def test_active_filter_and_badge(root, world):
    Client.objects.filter(pk=world.far.pk).update(active=False)
    assert names(root, active="no") == ["Far"]
    assert "Far" not in names(root, active="yes")
    assert '<span class="badge off">No</span>' in root.get(URL).content.decode()


def test_search_finds_name_description_and_client_id(root, world):
    builders.make_client(name="Other", short_description="Nightly payroll")
    assert names(root, q="payroll") == ["Other"]
    assert names(root, q=world.near.client_id[3:20].upper()) == ["Near"]


@pytest.mark.parametrize(
    ("who", "query", "heading", "add"),
    [
        ("root", {}, "No OAuth clients yet", True),
        ("root", {"q": "zzz"}, "No clients match", True),
        ("anna", {}, "No clients within your permissions", True),
        ("nobody", {}, "No clients within your permissions", False),
    ],
)
def test_empty_states(client, world, who, query, heading, add):
    Client.objects.all().delete()
    client.force_login(getattr(world, who))
    page = client.get(URL, query).content.decode()
    assert f"<h2>{heading}</h2>" in page
    assert ("Add OAuth client" in page) is add


@pytest.mark.parametrize(("who", "queries"), [("root", 9), ("anna", 14)])
def test_number_of_queries_does_not_grow_with_rows(client, world, django_assert_num_queries, who, queries):
    for number in range(40):
        builders.make_client(world.helsinki, world.hr, name=f"Client {number}")
    client.force_login(getattr(world, who))
    with django_assert_num_queries(queries):
        assert client.get(URL).status_code == 200


def test_names_are_escaped(root):
    builders.make_client(name="<script>alert(1)</script>")
    assert "<script>alert" not in root.get(URL).content.decode()


class TestCredentialAge:
    @pytest.fixture
    def aged(self, world):
        for days in (1, 100, 200, 400):
            made = builders.make_client_with_credentials(name=f"{days} days")
            at = timezone.now() - timedelta(days=days)
            Credential.objects.filter(client=made.client, kind="secret").update(created_at=at)
        return made

    @pytest.mark.parametrize(
        ("age", "expected"),
        [
            ("90", ["100 days", "200 days", "400 days"]),
            ("180", ["200 days", "400 days"]),
            ("365", ["400 days"]),
            ("none", ["Bare", "Far", "Near"]),
            ("12", ["1 days", "100 days", "200 days", "400 days", "Bare", "Far", "Near"]),  # not offered, so ignored
        ],
    )
    def test_filter(self, root, aged, age, expected):
        assert sorted(names(root, age=age)) == expected

    def test_a_revoked_credential_has_no_age(self, root, aged):
        Credential.objects.filter(client=aged.client).update(revoked_at=timezone.now())
        assert names(root, age="365") == []
        assert "400 days" in names(root, age="none")

    def test_in_the_download_too(self, root, aged):
        lines = root.get(f"{URL}download/", {"age": "365"}).getvalue().decode().splitlines()
        assert [line.split(",")[0] for line in lines[1:]] == ["400 days"]


class TestUse:
    def test_last_use_and_the_line_of_the_last_days(self, root, world):
        made = builders.make_client_with_credentials(name="Used")
        use(made.client, days_ago=3)
        count(made.client, "ok", 10, days_ago=3)
        count(made.client, "forbidden", 4, days_ago=3)  # of those ten
        count(made.client, "ok", 90, days_ago=40)
        answer = root.get(URL, {"q": "Used"})
        [row] = answer.context["rows"]
        assert row["use"].days == (*[0] * 10, 10, 0, 0, 0)
        content = answer.content.decode()
        assert "3 days ago" in content
        assert "Requests of the last 14 days: 10, at most 10 a day" in content
        assert 'points="2,26 ' in content

    def test_never(self, root, world):
        content = root.get(URL, {"q": "Bare"}).content.decode()
        assert 'data-th="Last used"><span class="muted">Never</span>' in content
        assert "<polyline" not in content

    def test_in_the_download(self, root, world):
        made = builders.make_client_with_credentials(name="Used")
        use(made.client)
        heads, line = csv.reader(root.get(f"{URL}download/", {"q": "Used"}).getvalue().decode().splitlines())
        assert line[heads.index("Last used")].startswith(timezone.localdate().isoformat())


class TestHiddenColumns:
    def test_hidden_columns_are_neither_headed_nor_filled(self, root, world):
        answer = root.get(URL, {"hide": ["active", "used", "name", "x"], "sort": "name"})
        heads = [str(head.label) for head in answer.context["listing"].heads]
        assert heads == ["Name", "Description", "Updated", "Access", "Permission labels", "Choose"]
        content = answer.content.decode()
        assert 'data-th="Active"' not in content
        assert 'data-th="Last used"' not in content
        assert 'data-th="Access"' in content

    def test_sorting_and_the_filters_keep_them(self, root, world):
        content = root.get(URL, {"hide": ["active", "used"]}).content.decode()
        assert "hide=active&amp;hide=used&amp;sort=name" in content
        assert 'name="hide" value="active" checked' in content
        assert 'name="hide" value="labels">' in content
