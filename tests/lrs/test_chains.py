"""A Statement is found by what it refers to as well (xAPI 1.0.3 Communication §2.1.3)."""

import random
from itertools import pairwise

import pytest

from clients.models import Client
from lrs.chains import MOST_HOPS
from lrs.models import Authority, Relation
from lrs.statement.voiding import VOIDED
from tests.lrs.statement.samples import AGENT, VERB, statement, sub_statement
from tests.lrs.stored import Writer, in_parallel, new_id, prepared

pytestmark = pytest.mark.django_db
SOMEBODY = {"mbox": "mailto:somebody@example.org"}
SAID = {"id": "http://example.org/verbs/said"}


def ref(target, **members):
    """Another actor and Verb than the samples have, so that only the target can match those."""
    return statement(
        **{"actor": SOMEBODY, "verb": SAID, "object": {"objectType": "StatementRef", "id": target}} | members
    )


def chain(length):
    """A Statement and ``length`` others, each of which refers to the one before it."""
    names = [new_id() for _ in range(length + 1)]
    refs = [ref(target, id=name) for target, name in pairwise(names)]
    return [statement(id=names[0]), *refs]


def names_of(values):
    return [value["id"] for value in values]


class TestFound:
    @pytest.mark.parametrize("order", ["forwards", "backwards", "mixed"])
    @pytest.mark.parametrize("one_by_one", [True, False])
    def test_over_several_references_whatever_comes_first(self, own, order, one_by_one):
        values = chain(4)
        expected = set(names_of(values))
        {"forwards": list, "backwards": list.reverse, "mixed": random.shuffle}[order](values)
        for part in [[one] for one in values] if one_by_one else [values]:
            assert own.post(part).status_code == 200
        found = own.ids(agent=AGENT, verb=VERB["id"], ascending="true")
        assert (set(found), found) == (expected, names_of(values))
        assert own.ids(agent=AGENT, limit=1) == names_of(values)[::-1]

    def test_by_no_other_way(self, own):
        target = statement(id=new_id())
        own.post([target, ref(new_id(), context={"statement": {"objectType": "StatementRef", "id": target["id"]}})])
        assert own.ids(agent=AGENT) == [target["id"]]

    def test_all_filters_hold_for_one_statement_of_the_chain(self, own):
        target = statement(id=new_id(), context={"registration": new_id()})
        middle = ref(target["id"], id=new_id(), verb={"id": "a:middle"})
        own.post([target, middle])
        assert own.ids(agent=AGENT, verb="a:middle") == []
        assert own.ids(agent=SOMEBODY, verb=VERB["id"]) == []
        assert own.ids(agent=SOMEBODY, verb="a:middle") == [middle["id"]]
        assert own.ids(agent=AGENT, registration=target["context"]["registration"]) == [middle["id"], target["id"]]

    def test_related_filters_reach_into_the_target(self, own):
        inner = sub_statement(context={"instructor": {"mbox": "mailto:in@example.org"}}) | {"id": new_id()}
        outer = ref(inner["id"], id=new_id())
        own.post([inner, outer])
        asked = {"agent": {"mbox": "mailto:in@example.org"}}
        assert own.ids(**asked) == []
        assert own.ids(**asked, related_agents="true") == [outer["id"], inner["id"]]

    def test_time_and_limit_are_the_statement_s_own(self, own):
        target, outer = chain(1)
        own.post(target)
        stored = own.get(statementId=target["id"]).json()["stored"]
        own.post(outer)
        assert own.ids(agent=AGENT, since=stored) == [outer["id"]]
        assert own.ids(agent=AGENT, until=stored) == [target["id"]]

    def test_a_voided_target_still_lends(self, own):
        target, outer = chain(1)
        voiding = ref(target["id"], id=new_id(), verb={"id": VOIDED})
        own.post([target, outer, voiding])
        assert own.ids(agent=AGENT) == [voiding["id"], outer["id"]]

    @pytest.mark.parametrize("length", [1, 2, 3])
    def test_a_cycle_ends(self, own, length):
        names = [new_id() for _ in range(length)]
        values = [
            ref(names[(index + 1) % length], id=name, verb={"id": f"a:{index}"}) for index, name in enumerate(names)
        ]
        for value in values:
            assert own.post(value).status_code == 200
        for index in range(length):
            assert own.ids(verb=f"a:{index}", ascending="true") == names
        assert Relation.objects.count() == 2 * length**2

    def test_no_further_than_the_limit(self, own):
        values = chain(MOST_HOPS + 2)
        for part in (values[::2], values[1::2]):
            own.post(part)
        assert set(own.ids(agent=AGENT)) == set(names_of(values[: MOST_HOPS + 1]))


class TestForeignTargets:
    @pytest.fixture(params=["target first", "target later"])
    def posted(self, own, other, request):
        target = statement(id=new_id())
        outer = ref(target["id"], id=new_id())
        back = ref(outer["id"], id=new_id())
        values = [(other, target), (own, outer), (own, back)]
        for caller, value in values if request.param == "target first" else values[::-1]:
            caller.post(value)
        return names_of([target, outer, back])

    def test_lend_nothing_to_an_own_client(self, own, other, posted):
        target, outer, back = posted
        assert own.ids(agent=AGENT) == own.ids(verb=VERB["id"], agent=AGENT) == []
        assert set(own.ids(agent=SOMEBODY)) == {outer, back}
        assert other.ids(agent=AGENT) == [target]

    def test_lend_to_full_read(self, reader, posted):
        assert set(reader.ids(agent=AGENT)) == set(reader.ids(agent=AGENT, verb=VERB["id"])) == set(posted)

    def test_lend_their_authority_to_full_read(self, own, other, reader, posted):
        target = posted[0]
        theirs = reader.get(statementId=target).json()["authority"]
        assert set(reader.ids(agent=theirs, related_agents="true")) == set(posted)
        assert own.ids(agent=theirs, related_agents="true") == []

    def test_the_way_back_is_foreign_too(self, own, other):
        inner, middle = statement(id=new_id()), new_id()
        outer = ref(middle, id=new_id())
        own.post([inner, outer])
        other.post(ref(inner["id"], id=middle))
        assert own.ids(agent=AGENT) == [inner["id"]]
        assert {one.hop for one in Relation.objects.filter(client=own.pk)} == {0, -1, -2}


class TestAuthority:
    def test_related_agents_asks_for_it(self, own, other, reader):
        first, second = own.post([statement(), statement(actor=SOMEBODY)]).json()
        other.post(statement())
        mine = own.get(statementId=first).json()["authority"]
        for caller in (own, reader):
            assert caller.ids(agent=mine) == []
            assert caller.ids(agent=mine, related_agents="true") == [second, first]
            assert caller.ids(agent=mine, related_agents="true", limit=1, ascending="true") == [first, second]
            assert caller.ids(agent=mine, related_agents="true", verb=VERB["id"]) == [second, first]
        assert other.ids(agent=mine, related_agents="true") == []

    def test_beside_a_place_where_it_stands_itself(self, own):
        [first] = own.post(statement()).json()
        mine = own.get(statementId=first).json()["authority"]
        [second] = own.post(statement(actor=mine)).json()
        assert own.ids(agent=mine) == [second]
        assert own.ids(agent=mine, related_agents="true") == [second, first]

    def test_under_every_name_but_one_address(self, own, settings):
        [first] = own.post(statement()).json()
        Client.objects.filter(pk=own.pk).update(name="Renamed")
        [second] = own.post(statement()).json()
        settings.PUBLIC_URL = "http://elsewhere.example.org"
        [third] = own.post(statement()).json()
        old, new = (own.get(statementId=name).json()["authority"] for name in (first, third))
        assert own.ids(agent=old, related_agents="true") == [second, first]
        assert own.ids(agent=new, related_agents="true") == [third]
        assert own.ids(agent=old, related_agents="true", verb=VERB["id"]) == [second, first]
        assert Authority.objects.count() == 3


@pytest.mark.django_db(transaction=True)
class TestAtTheSameMoment:
    """Every Statement of a chain is stored by its own writer; none may miss another."""

    @pytest.mark.parametrize("_round", range(4))
    def test_the_parts_of_a_chain(self, _round):
        writer, values = Writer(), chain(4)
        random.shuffle(values)
        results = in_parallel(*(lambda one=value: writer.write(prepared(one)) for value in values))
        assert results == [None] * 5
        assert sorted(abs(one.hop) for one in Relation.objects.filter(key=prepared(statement())[0].found[0].key)) == [
            0,
            1,
            2,
            3,
            4,
        ]
