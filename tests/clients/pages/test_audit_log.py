"""The audit log's pages, and the History tab of a client."""

import csv

import pytest

from clients import actions, audit
from clients.audit import Origin
from clients.models import AuditEntry
from clients.pages.audit_words import action_words, fact_words
from tests import builders

LRS_OWN = "Allow LRS access — read and write access to statements created by this client"
LIST = "/system/audit-log/"


def shown(answer):
    return [(row["entry"].object_name, str(row["action"])) for row in answer.context["rows"]]


def test_newest_first_with_five_columns(root, world):
    answer = root.get(LIST)
    assert [str(head.label) for head in answer.context["listing"].heads] == ["Time", "Who", "Action", "Object", "From"]
    assert shown(answer)[:3] == [(name, "OAuth client created") for name in ("Bare", "Far", "Near")]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=Far", ["Far"]),
        ("object=client&sort=at", ["Near", "Far", "Bare"]),
        ("action=label_created", []),
        ("via=page", []),
        ("via=command&object=role", ["Everything labelled"]),
        ("period=1&q=Near", ["Near"]),
        ("period=x&q=Near", ["Near"]),
        ("q=192.0.2.7", ["Near"]),
    ],
)
def test_filters(root, world, query, found):
    if "192" in query:
        by = Origin("x", "api", None, "192.0.2.7")
        audit.record("something_odd", world.near, by=by)
    answer = root.get(f"{LIST}?{query}")
    assert [name for name, _action in shown(answer)] == found


def test_an_entry_tells_old_and_new(root, world):
    form = {"name": "Renamed", "labels": [world.helsinki.pk], "active": "on", "lrs_own": "on"}
    root.post(f"/system/oauth-clients/{world.near.pk}/", form)
    entry = AuditEntry.objects.get(action="client_updated")
    page = root.get(f"{LIST}{entry.pk}/")
    told = {fact.name: (fact.old, fact.new) for fact in page.context["facts"]}
    assert told == {"Name": ("Near", "Renamed"), LRS_OWN: ("No", "Yes")}
    assert f'href="/system/oauth-clients/{world.near.pk}/">Near</a>' in page.content.decode()


def test_an_entry_of_a_refused_credential_leads_nowhere(root, world):
    audit.record_refusals("xapi", claimed="c" * 24, reason="wrong secret", count=3, by=Origin("c" * 24, "api"))
    page = root.get(f"{LIST}{AuditEntry.objects.get(action='credential_refused').pk}/")
    assert page.context["object_url"] == ""
    assert "Credential refused" in page.content.decode()


def test_a_reason_is_told_in_words_but_for_a_typed_one(root, world):
    audit.record("login_failed", world.anna, by=builders.BY, reason="blocked")
    audit.record("user_blocked", world.anna, by=builders.BY, reason="blocked")
    for action, words in (("login_failed", "The administrator is blocked"), ("user_blocked", "blocked")):
        page = root.get(f"{LIST}{AuditEntry.objects.get(action=action).pk}/")
        assert [(fact.name, fact.new) for fact in page.context["facts"]] == [("Reason", words)]


def test_an_unknown_action_reads_as_its_name(root, world):
    audit.record("something_odd", world.near, by=builders.BY, labels=["HR", "Partners"], nothing=None)
    entry = AuditEntry.objects.get(action="something_odd")
    page = root.get(f"{LIST}{entry.pk}/")
    assert "<h1>Something odd</h1>" in page.content.decode()
    assert [(fact.name, fact.old, fact.new) for fact in page.context["facts"]] == [
        ("Labels", None, "HR, Partners"),
        ("Nothing", None, "–"),
    ]


def test_download_is_the_filtered_list_and_safe_for_spreadsheets(root, world):
    builders.make_client(name="=1+1")
    lines = b"".join(root.get(f"{LIST}download/?q=%3D1").streaming_content).decode().splitlines()
    head, only = csv.reader(lines)
    assert only[head.index("object_name")] == "'=1+1"


def test_number_of_queries(root, world, django_assert_max_num_queries):
    for _ in range(30):
        audit.record("something", world.near, by=builders.BY)
    with django_assert_max_num_queries(5):
        root.get(LIST)


def test_history_is_of_this_client_with_refusals_of_its_id(root, world):
    actions.regenerate_secret(world.near, by=builders.BY)
    by = Origin(world.near.client_id, "api")
    audit.record_refusals("xapi", claimed=world.near.client_id, reason="wrong secret", count=2, by=by)
    answer = root.get(f"/system/oauth-clients/{world.near.pk}/history/")
    assert [str(row["action"]) for row in answer.context["rows"]] == [
        "Credential refused",
        "Client secret generated",
        "OAuth client created",
    ]
    assert "Far" not in answer.content.decode()


def test_history_names_nothing_out_of_reach(client, world):
    values = {"scim_configuration": builders.make_configuration(name="Hidden configuration")}
    actions.update_client(world.near, values=values, labels=[world.helsinki, world.partners], by=builders.BY)
    address = f"/system/oauth-clients/{world.near.pk}/history/"
    for user, named in ((world.anna, False), (world.root, True)):
        client.force_login(user)
        page = client.get(address).content.decode()
        assert ("Partners" in page) is named
        assert ("Hidden configuration" in page) is named


def test_history_has_pages(root, world):
    for number in range(60):
        audit.record("something", world.near, by=builders.BY, number=number)
    address = f"/system/oauth-clients/{world.near.pk}/history/"
    assert [len(root.get(f"{address}?page={page}").context["rows"]) for page in (1, 2, "x")] == [50, 11, 50]
    assert "Previous" in root.get(f"{address}?page=2").content.decode()


def test_actions_and_facts_of_every_part_have_words():
    told = ["user_unblocked", "peer_resumed", "quarantine_discarded", "shared_events_history_changed"]
    assert [str(action_words(action)) for action in told] == [
        "User unblocked",
        "Shared-event peer resumed",
        "Quarantined item discarded",
        "History of shared events restarted",
    ]
    assert [fact_words("event", "location_name"), fact_words("event", "new_part")] == ["Location Name", "New part"]
    assert fact_words("lmsuser", "scim_id") == "SCIM ID"
