"""Libraries that content is built with, from npm, in their normal flows with ID and secret by Basic."""

import pytest

from tests.real_clients import run_script


@pytest.fixture
def client(installation):
    return installation.create_client("Content", "--lrs-own")


def test_xapi(installation, client):
    told = run_script("xapi.mjs", installation.url, client)
    assert len(told["batch"]) == 3
    assert len(told["listed"]) == 4
    assert set(told["batch"]) < set(told["listed"])
    assert told["attached"] is True
    assert (told["gone"], told["voided"]) == (404, told["first"])
    assert told["merged"] == {"page": 1, "seen": [1]}
    assert (told["stateIds"], told["left"]) == (["bookmark"], [])
    assert (told["taste"], told["setup"], told["again"]) == ({"theme": "dark"}, {"pages": 3}, 412)
    assert told["person"]["name"] == ["Learner"]
    assert told["about"] == ["1.0.3", "2.0.0"]


def test_a_session_of_cmi5(installation, client):
    told = run_script("cmi5.mjs", installation.url, client)
    assert told["verbs"] == ["launched", "initialized", "progressed", "answered", "passed", "completed", "terminated"]
    assert (told["score"], told["language"]) == (0.8, "de,en")
    assert told["defined"] == 5  # what the profile defines bears its category; progress and answers do not
