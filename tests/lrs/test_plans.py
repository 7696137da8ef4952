"""Each question is a few ranges of indexes, whatever is stored."""

import re
from uuid import UUID

import pytest
from django.db import connection

from lrs.query import _list_sql, whole_range
from lrs.ranges import Search
from lrs.statement import keys
from lrs.statement.parameters import ListQuery, Wanted
from tests.lrs.statement.samples import statement
from tests.lrs.stored import Writer, prepared

pytestmark = pytest.mark.django_db
AGENT = Wanted(keys.of_actor({"mbox": "mailto:1@example.org"}))
ACTIVITY = Wanted(keys.of_activity("a:1"))
VERB = Wanted(keys.of_verb("a:verb"))
REGISTRATION = Wanted(keys.of_registration(str(UUID(int=1))))
QUERIES = {
    "nothing": (),
    "agent": (AGENT,),
    "verb": (VERB,),
    "activity": (ACTIVITY,),
    "registration": (REGISTRATION,),
    "related agent": (Wanted(AGENT.key, related=True),),
    "related activity": (Wanted(ACTIVITY.key, related=True),),
    "agent and verb": (AGENT, VERB),
    "learner": (Wanted(AGENT.key, others=(ACTIVITY.key,)),),
    "verb and learner": (VERB, Wanted(AGENT.key, others=(ACTIVITY.key,))),
    "registration and activity": (REGISTRATION, ACTIVITY),
}


def fill():
    writer = Writer()
    for start in range(0, 3000, 1000):
        values = [
            statement(
                actor={"mbox": f"mailto:{n % 50}@example.org"},
                verb={"id": "a:verb" if n % 4 else "a:other"},
                object={"id": f"a:{n % 40}"},
                context={"registration": str(UUID(int=n % 100)), "contextActivities": {"parent": {"id": f"a:{n % 7}"}}},
            )
            for n in range(start, start + 1000)
        ]
        writer.write(prepared(*values))
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    return writer.client


def plan_of(query, owner):
    search = Search(query, None if owner is None else [owner])
    parameters = search.parameters(whole_range(query, 2**62), 26)
    explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
    with connection.cursor() as cursor:
        cursor.execute(explain + _list_sql(search, ascending=query.ascending), parameters)
        return "\n".join(str(row[-1]) for row in cursor.fetchall())


def test_no_query_reads_a_whole_table():
    client = fill()
    for name, wanted in QUERIES.items():
        for owner in (client, None):
            for ascending in (True, False):
                plan = plan_of(ListQuery(wanted=wanted, ascending=ascending), owner)
                scanned = re.findall(r"(?:Seq Scan on|SCAN) (lrs_relation|lrs_statement|[rsx])\b(?! USING)", plan)
                assert not scanned, f"{name}, {owner}\n{plan}"
