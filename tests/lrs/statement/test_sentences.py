"""Statements in words."""

import pytest

from lrs.statement.sentences import sentence
from tests.lrs.statement.samples import AGENT, STATEMENT_REF, UUID, anonymous, statement, sub_statement


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (statement(), "learner@example.org did http://example.org/activity"),
        (statement(actor={"name": "Anna", **AGENT}), "Anna did http://example.org/activity"),
        (
            statement(actor={"account": {"homePage": "http://x.org", "name": "a7"}}),
            "a7 did http://example.org/activity",
        ),
        (
            statement(actor=anonymous(*[AGENT] * 4), object=STATEMENT_REF),
            f"{', '.join(['learner@example.org'] * 3)}, … did {UUID}",
        ),
        (
            statement(actor={"objectType": "Group", "member": []}, verb={"id": "urn:x"}, object=STATEMENT_REF),
            f" urn:x {UUID}",
        ),
        (sub_statement(), "learner@example.org did learner@example.org did http://example.org/activity"),
        (statement(object={"objectType": "Agent", **AGENT}), "learner@example.org did learner@example.org"),
        (
            statement(
                verb={"id": "urn:x", "display": {"en-US": "read", "fi": "luki"}},
                object={"id": "urn:y", "definition": {"name": {"fi": "Kirja"}}},
            ),
            "learner@example.org luki Kirja",
        ),
    ],
)
def test_who_did_what(told, words):
    assert " ".join(sentence(told, ["fi", "en"])) == words
