"""Searches of the list of clients under a name: kept for one administrator, opened by a link, removed on a page."""

import pytest

from clients.models import SavedFilter
from tests import builders

LIST, ADD = "/system/oauth-clients/", "/account/filters/add/"


def save(client, name, query="active=no", page="oauth-clients"):
    return client.post(ADD, {"name": name, "page": page, "query": query})


def test_what_is_searched_for_is_kept_and_opened_again(root, world):
    page = root.get(LIST, {"q": "near", "active": "yes", "label": "", "hide": ["used", "labels"], "page": "1"})
    offered = page.context["saved"]["save_url"]
    form = root.get(offered).context["form"]
    sent = {name: form[name].value() for name in ("page", "query")}
    assert sent == {"page": "oauth-clients", "query": "q=near&active=yes&hide=used&hide=labels"}
    answer = root.post(ADD, sent | {"name": "Near ones"}, follow=True)
    assert answer.redirect_chain == [(f"{LIST}?{sent['query']}", 302)]
    assert [row["client"].name for row in answer.context["rows"]] == ["Near"]
    content = answer.content.decode()
    assert "Filter saved." in content
    assert f'href="{LIST}?q=near&amp;active=yes&amp;hide=used&amp;hide=labels"' in content


def test_the_list_as_it_is_offers_nothing_to_keep(root):
    assert root.get(LIST, {"q": "", "page": "1"}).context["saved"] == {"kept": [], "save_url": ""}


def test_the_same_name_stands_for_the_new_search(root, world):
    save(root, "Mine")
    save(root, "Mine", "q=far&page=3&label=")
    assert SavedFilter.objects.get().get_absolute_url() == f"{LIST}?q=far"


def test_nobody_sees_or_removes_what_another_kept(client, world):
    client.force_login(world.root)
    save(client, "Roots")
    kept = SavedFilter.objects.get()
    client.force_login(world.anna)
    assert "Roots" not in client.get(LIST).content.decode()
    assert client.get(f"/account/filters/{kept.pk}/remove/").status_code == 404
    assert client.post(f"/account/filters/{kept.pk}/remove/").status_code == 404
    assert save(client, "Roots", "q=x").status_code == 302
    kept.refresh_from_db()
    assert (kept.query, SavedFilter.objects.count()) == ("active=no", 2)


def test_removing_asks_first(root, world):
    save(root, "Mine")
    address = f"/account/filters/{SavedFilter.objects.get().pk}/remove/"
    assert "Remove the filter “Mine”?" in root.get(address).content.decode()
    assert SavedFilter.objects.exists()
    assert root.post(address).url == LIST
    assert not SavedFilter.objects.exists()


@pytest.mark.parametrize(
    "sent",
    [
        {"name": ""},
        {"name": "x" * 61},
        {"page": "settings"},
        {"page": "https://elsewhere.example"},
        {"query": "x" * 1001},
    ],
)
def test_refusals(root, world, sent):
    assert root.post(ADD, {"name": "Mine", "page": "oauth-clients", "query": "q=x"} | sent).status_code == 422
    assert not SavedFilter.objects.exists()


def test_there_is_a_most(root, world):
    for number in range(20):
        assert save(root, f"Number {number}").status_code == 302
    assert "You have 20 saved filters. Remove one first." in save(root, "One more").content.decode()
    assert save(root, "Number 7", "q=other").status_code == 302
    assert SavedFilter.objects.filter(administrator=world.root).count() == 20


def test_they_go_with_their_administrator(root, world):
    save(root, "Mine")
    builders.make_superadmin()
    world.root.delete()
    assert not SavedFilter.objects.exists()
