"""The rules of administration, without a database: which labels a permission covers, and what may be handed on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.administration import LABELLED, PERMISSIONS, Action, Grant, ObjectType, Rights, below

HR, HELSINKI, PARTNERS, SUPPLIERS = 1, 2, 3, 4
TREE = {HR: None, HELSINKI: HR, PARTNERS: None, SUPPLIERS: PARTNERS}
CLIENT, VIEW, EDIT = ObjectType.CLIENT, Action.VIEW, Action.EDIT


def grant(action=VIEW, limit=None, narrowing=None, kind=CLIENT):
    def frozen(labels):
        return None if labels is None else frozenset(labels)

    return Grant(kind, action, 1, "Role", frozen(limit), frozen(narrowing))


@pytest.mark.parametrize(
    ("grants", "reach"),
    [
        ([], set()),
        ([grant()], None),
        ([grant(limit={HR})], {HR, HELSINKI}),
        ([grant(limit={HELSINKI})], {HELSINKI}),
        ([grant(narrowing={HR})], {HR, HELSINKI}),
        ([grant(limit={HR}, narrowing={HELSINKI})], {HELSINKI}),
        ([grant(limit={HELSINKI}, narrowing={HR})], {HELSINKI}),
        ([grant(limit={HR}, narrowing={PARTNERS})], set()),
        ([grant(limit=set())], set()),  # its last label went: nothing, not everything
        ([grant(narrowing=set())], set()),
        ([grant(limit={99})], set()),
        ([grant(limit={HELSINKI}), grant(limit={PARTNERS})], {HELSINKI, PARTNERS, SUPPLIERS}),
        ([grant(limit={HELSINKI}), grant()], None),
    ],
)
def test_union_of_roles_each_as_far_as_its_assignment(grants, reach):
    assert Rights(grants, TREE).reach(CLIENT, VIEW) == reach


@pytest.mark.parametrize(
    ("view", "edit", "reach"),
    [(None, {HR}, {HR, HELSINKI}), ({HELSINKI}, None, {HELSINKI}), ({PARTNERS}, {HR}, set()), (set(), None, set())],
)
def test_nobody_changes_what_he_cannot_see(view, edit, reach):
    assert Rights([grant(VIEW, view), grant(EDIT, edit)], TREE).reach(CLIENT, EDIT) == reach


def test_an_action_of_another_type_gives_nothing():
    rights = Rights([grant(kind=ObjectType.EVENT)], TREE)
    assert rights.reach(CLIENT, VIEW) == set()
    assert rights.reach(ObjectType.EVENT, EDIT) == set()


def test_objects_without_labels_are_reached_without_a_limit_or_not_at_all():
    limited = Rights([grant(kind=ObjectType.USER, narrowing={HR})], TREE)
    assert limited.reach(ObjectType.USER, VIEW) == set()
    assert Rights([grant(kind=ObjectType.USER)], TREE).reach(ObjectType.USER, VIEW) is None


def test_statements_are_reached_by_the_labels_of_their_client():
    limited = Rights([grant(kind=ObjectType.STATEMENT, narrowing={HR})], TREE)
    assert limited.reach(ObjectType.STATEMENT, VIEW) == {HR, HELSINKI}
    assert limited.reach(None, VIEW) == set()


def test_without_a_type_what_holds_for_every_labelled_type():
    every = [grant(kind=kind, narrowing={HR}) for kind in LABELLED]
    assert Rights(every, TREE).reach(None, VIEW) == {HR, HELSINKI}
    assert Rights(every[1:], TREE).reach(None, VIEW) == set()


def test_superadmin_and_nobody():
    for kind in ObjectType:
        for action in PERMISSIONS[kind]:
            assert Rights(everything=True).reach(kind, action) is None
            assert not Rights().may(kind, action)


@pytest.mark.parametrize(
    ("handed", "covered"),
    [
        (grant(EDIT, {HELSINKI}), True),
        (grant(EDIT, None, {HR}), True),
        (grant(EDIT, {HR}, {PARTNERS}), True),  # nothing is always covered
        (grant(EDIT, {PARTNERS}), False),
        (grant(EDIT), False),
        (grant(Action.DELETE, {HELSINKI}), False),
        (grant(EDIT, {HR}, kind=ObjectType.EVENT), False),
    ],
)
def test_nobody_hands_on_more_than_he_has(handed, covered):
    own = Rights([grant(VIEW, {HR}), grant(EDIT, {HR})], TREE)
    assert own.covers(handed) is covered
    assert Rights(everything=True).covers(handed)


def test_a_reach_handed_out_may_be_changed_without_harm():
    rights = Rights([grant(limit={HR})], TREE)
    rights.reach(CLIENT, VIEW).clear()
    assert rights.reach(CLIENT, VIEW) == {HR, HELSINKI}


@given(st.dictionaries(st.integers(1, 12), st.none() | st.integers(1, 12)), st.sets(st.integers(1, 12)))
def test_below_ends_even_in_a_circle_and_never_leaves_the_tree(parents, roots):
    found = below(roots, parents)
    assert roots & set(parents) <= found <= set(parents)
    assert all(parents[pk] in found for pk in found - roots)
