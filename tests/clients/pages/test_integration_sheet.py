"""The integration sheet: everything but the secret, and samples that work as they stand."""

import json
import os
import re
import subprocess
import sys

import pytest

from clients import actions
from clients.models import LmsSettings
from tests import builders


def sheet(browser, client, name=""):
    return browser.get(f"/system/oauth-clients/{client.pk}/integration/{name}")


def test_json_and_text_name_what_the_client_may_use(root, world):
    actions.update_client(world.near, values={"lrs_own": True}, by=builders.BY)
    answer = sheet(root, world.near, "sheet.json")
    assert json.loads(answer.content) == {
        "name": "Near",
        "client_id": world.near.client_id,
        "grant_type": "client_credentials",
        "token_endpoint": "http://testserver/oauth2/token",
        "scope": ["xapi:write"],
        "xapi_endpoint": "http://testserver/xapi/",
    }
    assert "attachment" in answer["Content-Disposition"]
    text = sheet(root, world.near, "sheet.txt").content.decode()
    assert "scope: xapi:write\r\n" in text
    assert "xapi_endpoint: http://testserver/xapi/\r\n" in text


def test_no_form_holds_a_secret(root, world):
    made = builders.make_client_with_credentials(lrs_own=True)
    for name in ("", "sheet.json", "sheet.txt"):
        content = sheet(root, made.client, name).content.decode()
        assert made.client_id in content
        assert made.secret[-12:] not in content
        assert made.bearer[-12:] not in content


@pytest.mark.parametrize("values", [{}, {"lrs_own": True, "active": False}])
def test_without_rights_there_is_nothing_to_try(root, world, values):
    answer = sheet(root, builders.make_client(**values))
    assert answer.context["samples"] == []
    assert "may use nothing at the moment" in answer.content.decode()


def test_a_sample_is_for_a_service_the_client_may_use(root, world):
    builders.enable_shared_events()
    client = builders.make_client(shared_events=True)
    texts = [sample.text for sample in sheet(root, client).context["samples"]]
    assert all("/shared-events/v1/" in text and "X-Experience-API-Version" not in text for text in texts)


COMMANDS = {"python": [sys.executable, "-c"], "curl": ["sh", "-e", "-c"]}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("slug", COMMANDS)
@pytest.mark.parametrize("values", [{"lrs_own": True}, {"scim_configuration": True}, {"shared_events": True}])
def test_the_sample_works_as_it_stands(client, live_server, values, slug):
    LmsSettings.objects.update_or_create(
        pk=1, defaults={"public_address": live_server.url, "shared_events_enabled": True}
    )
    LmsSettings.forget()
    if "scim_configuration" in values:
        values = {"scim_configuration": builders.make_configuration()}
    made = builders.make_client_with_credentials(**values)
    client.force_login(builders.make_superadmin())
    samples = {sample.slug: sample.text for sample in sheet(client, made.client).context["samples"]}
    run = subprocess.run(
        [*COMMANDS[slug], samples[slug]],
        env={"PATH": os.environ["PATH"], "CLIENT_SECRET": made.secret, "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert "statements" in run.stdout or "Resources" in run.stdout or "tombstone_days" in run.stdout


_POWERSHELL_TOKEN = re.compile(
    r"""\s+|\#[^\n]*|'(?:[^']|'')*'|"(?:[^"`]|`.|"")*"|\$(?:env:)?\w+|[\w-]+|@\{|[{}()=;.,]"""
)


@pytest.mark.parametrize("values", [{"lrs_own": True}, {"shared_events": True}])
def test_the_powershell_sample_is_well_formed(root, world, values):
    """No PowerShell to run it: every character belongs to a token of the language, and brackets match in order."""
    builders.enable_shared_events()
    made = builders.make_client(**values)
    [text] = [sample.text for sample in sheet(root, made).context["samples"] if sample.slug == "powershell"]
    position, open_brackets = 0, []
    while position < len(text):
        token = _POWERSHELL_TOKEN.match(text, position)
        assert token, text[position : position + 20]
        position = token.end()
        if token[0] in {"@{", "{", "("}:
            open_brackets.append(token[0][-1])
        elif token[0] in {"}", ")"}:
            assert open_brackets.pop() + token[0] in {"{}", "()"}
    assert not open_brackets
    assigned = re.findall(r"^\$(\w+) = ", text, re.MULTILINE)
    used = set(re.findall(r"\$(\w+)\b(?!:)", text)) - {"env"}
    assert used <= set(assigned)
    assert text.count("Invoke-RestMethod") == 2
