"""The mechanism of list pages, tried on the client list."""

import pytest

from clients.models import Client
from tests import builders

pytestmark = pytest.mark.django_db
URL = "/system/oauth-clients/"


@pytest.fixture
def names(client):
    client.force_login(builders.make_superadmin())

    def read(**query):
        return [client.name for client in client_page(**query).object_list]

    def client_page(**query):
        return client.get(URL, query).context["listing"].page

    read.page = client_page
    return read


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["beta", "Gamma", "Alpha"]),
        ({"sort": "name"}, ["Alpha", "beta", "Gamma"]),
        ({"sort": "-name"}, ["Gamma", "beta", "Alpha"]),
        ({"sort": "updated"}, ["Alpha", "Gamma", "beta"]),
        ({"sort": "client_secret"}, ["beta", "Gamma", "Alpha"]),
        ({"q": "ALPH"}, ["Alpha"]),
        ({"q": "payroll gamma"}, ["Gamma"]),
        ({"q": "payroll alpha"}, []),
        ({"q": "a\0lpha"}, ["Alpha"]),
        ({"q": "%"}, []),
        ({"page": "0"}, ["beta", "Gamma", "Alpha"]),
        ({"page": "x", "size": "7", "active": "maybe", "label": "1 OR 1"}, ["beta", "Gamma", "Alpha"]),
        ({"page": "9" * 5000}, ["beta", "Gamma", "Alpha"]),
    ],
)
def test_state_comes_from_the_address_and_unknown_values_are_ignored(names, query, expected):
    for name, about in (("Alpha", ""), ("Gamma", "payroll"), ("beta", "")):
        builders.make_client(name=name, short_description=about)
    assert names(**query) == expected


def test_pages_hold_25_50_or_100_rows(names):
    for _ in range(60):
        builders.make_client()
    assert len(names()) == 25
    assert len(names(size="50")) == 50
    assert len(names(size="100")) == 60
    assert names.page(page="3").number == 3
    assert names.page(page="99").number == 3


def test_ties_are_broken_by_id(names):
    first, second = builders.make_client(name="Same"), builders.make_client(name="Same")
    Client.objects.update(updated=first.updated)
    assert [row.pk for row in names.page().object_list] == [second.pk, first.pk]
    assert [row.pk for row in names.page(sort="name").object_list] == [first.pk, second.pk]


def test_head_links_to_the_other_direction(client):
    client.force_login(builders.make_superadmin())
    builders.make_client()
    page = client.get(URL, {"q": "cl", "page": "1"}).content.decode()
    assert 'aria-sort="descending"' in page
    assert "?q=cl&amp;sort=updated" in page
    assert "?q=cl&amp;sort=name" in page
