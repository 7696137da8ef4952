"""Downloads of statements with and without script, and LRS activity without."""

import json
from hashlib import sha256
from pathlib import Path

import pytest

from tests.lrs.statement.samples import statement
from tests.lrs.stored import attach, new_id, store_for

pytestmark = [pytest.mark.any_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIST, FORM = "/system/lrs/statements/", "/system/lrs/statements/download/"


def content(download):
    return Path(download.path()).read_text(encoding="utf-8")


@pytest.mark.parametrize("script", [True, False])
def test_chosen_columns_download(new_page, world, script):
    page = new_page(world.root, java_script_enabled=script)
    page.goto(FORM)
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_label("Statement ID").check()
    page.get_by_label("Paths into the JSON").fill("verb.id")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download CSV").click()
    assert waiting.value.suggested_filename == "lrs-statements.csv"
    head, *lines = content(waiting.value).splitlines()
    assert head == "Statement ID,verb.id"
    assert any(line.startswith(world.statement) for line in lines)


def test_a_download_shows_how_far_it_is_and_that_it_is_over(new_page, world):
    store_for(world.writer, *(statement(id=new_id()) for _ in range(1_200)))
    page = new_page(world.root)
    page.goto(LIST)
    page.evaluate(
        """() => {
            window.seen = [];
            new MutationObserver(() => seen.push(document.querySelector('progress').value)).observe(
                document.querySelector('progress'), {attributes: true});
        }"""
    )
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download as JSON Lines").click()
    page.locator("#live", has_text="Download finished").wait_for(state="attached")
    assert len([json.loads(line) for line in content(waiting.value).splitlines()]) > 1_200
    seen = [value for value in page.evaluate("seen") if value]
    assert seen == sorted(seen)
    assert seen[-1] == 1
    assert len(seen) > 1
    assert page.get_by_role("button", name="Stop").count() == 0


def test_a_stopped_download_saves_nothing(new_page, world):
    page = new_page(world.root)
    page.goto(FORM)
    waits = "(_, {signal}) => new Promise((_, fail) => signal.addEventListener('abort', fail))"
    page.evaluate(f"() => {{ window.fetch = {waits}; }}")
    page.get_by_role("button", name="Download CSV").click()
    page.get_by_role("button", name="Stop").click()
    page.locator("[data-text]", has_text="Download stopped.").wait_for()


def test_a_wrong_path_leads_back_to_the_form(new_page, world):
    page = new_page(world.root)
    page.goto(FORM)
    page.get_by_label("Paths into the JSON").fill("a b")
    page.get_by_role("button", name="Download CSV").click()
    page.get_by_text("This is not a path: a b").wait_for()
    assert page.get_by_label("Paths into the JSON").input_value().strip() == "a b"


def test_attachment_data_is_saved_and_never_shown(new_page, world):
    proof = {
        "usageType": "http://example.org/proof",
        "display": {"en": "Proof"},
        "contentType": "text/html",
        "length": 5,
        "sha2": sha256(b"proof").hexdigest(),
        "fileUrl": "https://example.org/proof",
    }
    [pk] = store_for(world.writer, statement(id=new_id(), attachments=[proof]))
    attach(world.writer, pk, b"proof")
    page = new_page(world.root)
    page.goto(f"{LIST}{pk}/")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download Proof").click()
    assert content(waiting.value) == "proof"


def test_activity_without_script(new_page, world):
    page = new_page(world.root, java_script_enabled=False)
    page.goto("/system/lrs/activity/")
    page.get_by_label("Unit").select_option("week")
    page.locator("select[name=client]").select_option(label=world.writer.name)
    page.get_by_role("button", name="Show").click()
    assert f"client={world.writer.pk}" in page.url
    page.get_by_text("Show as table").click()
    page.get_by_role("columnheader", name="Week").wait_for()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download the verbs as CSV").click()
    assert "Verb,IRI,Statements,Share (%)" in content(waiting.value)
