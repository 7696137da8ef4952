"""Labels as a tree: paths, sublabels, and what the picker shows to whom."""

import pytest

from clients.models import PermissionLabel
from clients.pages.label_tree import LabelTree
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def labels():
    hr = builders.make_label("HR")
    helsinki = builders.make_label("Helsinki", hr)
    return {
        "HR": hr,
        "Helsinki": helsinki,
        "IT": builders.make_label("IT", helsinki),
        "Art": builders.make_label("Art"),
    }


def shown(nodes):
    return [(node.path, node.locked, node.checked, node.uses, shown(node.children)) for node in nodes]


def test_paths_and_what_is_below(labels, django_assert_num_queries):
    with django_assert_num_queries(1):
        tree = LabelTree.load()
        assert tree.paths([labels["IT"].pk, labels["Art"].pk, 999]) == ["Art", "HR / Helsinki / IT"]
    assert tree.below(labels["Helsinki"].pk) == {labels["Helsinki"].pk, labels["IT"].pk}
    assert [path for _pk, path in tree.options(None)] == ["Art", "HR", "HR / Helsinki", "HR / Helsinki / IT"]


def test_nodes_show_what_is_in_reach_what_is_borne_and_the_way_to_it(labels):
    builders.make_client(labels["IT"])
    borne, reach = {labels["Art"].pk}, {labels["Helsinki"].pk, labels["IT"].pk}
    nodes = LabelTree.load().nodes(reach, chosen={labels["IT"].pk}, borne=borne)
    it = ("HR / Helsinki / IT", False, True, "1 client", [])
    helsinki = ("HR / Helsinki", False, False, "0 clients", [it])
    assert shown(nodes) == [("Art", True, True, "0 clients", []), ("HR", True, False, "0 clients", [helsinki])]


def test_a_cycle_somebody_wrote_into_the_database_ends_nothing(labels):
    PermissionLabel.objects.filter(pk=labels["HR"].pk).update(parent=labels["IT"])
    assert "HR" in LabelTree.load().path(labels["Helsinki"].pk)


def test_the_tree_links_what_is_in_reach_and_counts_its_clients(client, world):
    oslo = builders.make_label("Oslo", world.helsinki)
    builders.make_client(oslo)
    client.force_login(builders.make_administrator(world.helsinki))
    page = client.get("/system/permission-labels/tree/").content.decode()
    assert '<span class="muted">HR</span>' in page
    for label in (world.helsinki, oslo):
        assert (
            f'<a href="/system/permission-labels/{label.pk}/">{label.name}</a> <span class="hint">1 client</span>'
            in page
        )
    assert "Partners" not in page
