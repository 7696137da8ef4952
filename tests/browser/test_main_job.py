"""The main job, end to end: a client made in the browser works for real software, and stops when it is told to."""

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from threading import Event

import pytest
import requests
from playwright.sync_api import expect
from scim2_models import SearchRequest
from tincan import Statement

from tests.browser.conftest import watch
from tests.gunicorn import installed
from tests.real_clients import STATEMENTS, authlib_token, basic, bearer, run_script, scim_client, tincan

pytestmark = pytest.mark.browser
PASSWORD = "correct horse battery"
NAME, ABOUT = "Course portal", "Stores results, provisions users and reads events"
OWN = "Allow LRS access — read and write access to statements created by this client"
FULL = "Allow LRS access — full read access to all data"
EVENTS = "Allow shared events access — for synchronizing events with other LMSes"
SERVICES = ("/xapi/statements?limit=1", "/scim/v2/Users?count=1", "/shared-events/v1/changes")


@pytest.fixture
def lms(tmp_path):
    with installed(tmp_path) as running:
        running.manage("create_superadmin", "--username", "aino", "--password-file", "-", stdin=PASSWORD)
        running.manage("load_demo")
        yield running


@pytest.fixture
def page(browser, lms):
    context, problems = browser.new_context(base_url=lms.url, locale="en-GB"), []
    context.set_default_timeout(20_000)
    page = context.new_page()
    watch(page, problems)
    yield page
    context.close()
    assert not problems, "\n".join(problems)


def test_the_main_job(page, lms):
    sign_in(page)
    add_client(page)
    set_general(page, {OWN: True, EVENTS: True}, configuration="Demo directory")
    shown = see_credentials(page)
    portal = {"client_id": shown["Client ID"]}
    portal["client_secret"] = generate(page, "secret")
    portal["bearer_token"] = generate(page, "token")
    assert_shown_once(page, portal)

    tokens = exchange(lms, portal, shown["OAuth2 token endpoint"])
    ways = {**{f"access token by {how}": bearer(token) for how, token in tokens.items()}}
    ways |= {"bearer token": bearer(portal["bearer_token"]), "Basic": basic(portal)}
    for number, authorization in enumerate(ways.values()):
        store_and_read_statements(lms.url, authorization, STATEMENTS[number * 10 : number * 10 + 10])
    provision_users(lms.url, tokens["authlib"])
    provision_users(lms.url, portal["bearer_token"])
    read_events(lms.url, tokens["authlib"])
    read_events(lms.url, portal["bearer_token"])
    refuse_what_is_switched_off(page, lms.url, portal, tokens["authlib"])
    refuse_after_a_new_secret(page, lms.url, portal)
    refuse_after_a_new_token(page, lms.url, portal)
    refuse_while_inactive(page, lms.url, portal)
    assert all(value not in lms.log for value in portal.values() if value.startswith("lms"))


def sign_in(page):
    page.goto("/")
    page.locator("[name=username]").fill("aino")
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def add_client(page):
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="OAuth clients").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("OAuth clients")
    headers = [text.strip() for text in page.get_by_role("columnheader").all_inner_texts()]
    assert headers[:3] == ["Name", "Description", "Updated"]
    page.get_by_role("link", name="Add OAuth client").click()
    page.get_by_label("Name", exact=True).fill(NAME)
    page.get_by_label("Short description").fill(ABOUT)
    page.get_by_role("group", name="Permission labels").get_by_label("Helsinki").check()
    page.get_by_role("button", name="Create").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


def set_general(page, switches, configuration=None):
    page.goto(page.get_by_role("link", name="General").get_attribute("href"))
    for label in ("Name", "Short description", "Active", "SCIM configuration", OWN, FULL, EVENTS):
        expect(page.get_by_label(label)).to_have_count(1)
    expect(page.get_by_role("group", name="Permission labels")).to_have_count(1)
    if configuration:
        page.get_by_label("SCIM configuration").select_option(configuration)
    for label, on in switches.items():
        page.get_by_label(label).set_checked(on)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Changes saved.")).to_be_visible()


def see_credentials(page):
    """The Credentials tab's values by label."""
    page.goto(page.get_by_role("link", name="Credentials").get_attribute("href"))
    labels = ("Client ID", "OAuth2 token endpoint", "SCIM endpoint", "xAPI LRS endpoint")
    return {label: page.get_by_label(label, exact=True).input_value() for label in labels}


def generate(page, what, verb="Generate"):
    """The new secret or token, read where it is shown once."""
    page.goto(page.get_by_role("link", name="Credentials").get_attribute("href"))
    page.get_by_role("link", name=f"{verb} {what}").click()
    dialog = page.get_by_role("dialog")
    if verb == "Regenerate":
        dialog.get_by_role("checkbox").check()
    dialog.get_by_role("button", name=f"{verb} {what}").click()
    value = page.get_by_role("textbox", name="New ").input_value()
    page.get_by_role("link", name="I have stored").click()
    return value


def assert_shown_once(page, portal):
    for path in ("/system/oauth-clients/", page.url.removesuffix("credentials/"), page.url):
        page.goto(path)
        assert portal["client_secret"] not in page.content()
        assert portal["bearer_token"] not in page.content()


def exchange(lms, portal, endpoint):
    """Tokens by library and way, in Python and JavaScript."""
    assert endpoint == lms.url + "/oauth2/token"
    by_script = {
        f"oauth4webapi {method}": run_script("simple-oauth2.mjs", lms.url, portal, method=method)["token"]["scope"]
        for method in ("basic", "post")
    }
    assert set(by_script.values()) == {"xapi:write"}
    return {
        "authlib": authlib_token(lms.url, portal),
        "authlib, in the form": authlib_token(lms.url, portal, "client_secret_post"),
    }


def store_and_read_statements(url, authorization, lines):
    statements = [Statement.from_json(line) for line in lines]
    lrs = tincan(url, authorization)
    assert lrs.save_statement(statements[0]).success
    assert lrs.save_statements(statements[1:]).success
    ids = {json.loads(line)["id"] for line in lines}
    for statement_id in ids:
        assert str(lrs.retrieve_statement(statement_id).content.id) == statement_id
    page = lrs.query_statements({"limit": 5})
    read = [str(statement.id) for statement in page.content.statements]
    read += [str(statement.id) for statement in lrs.more_statements(page.content).content.statements]
    assert set(read) == ids


def provision_users(url, token):
    with scim_client(url, token) as directory:
        model = directory.get_resource_model("User")
        address = f"ada-{token[-8:].lower()}@example.org"
        made = directory.create(model(user_name=address, emails=[model.Emails(value=address)]))
        made.display_name = "Ada"
        made = directory.replace(made)
        assert made.display_name == "Ada"
        found = directory.query(model, query_parameters=SearchRequest(filter=f'userName eq "{address}"'))
        assert [user.id for user in found.resources] == [made.id]
        made.active = False
        made = directory.replace(made)
        assert made.active is False
        directory.delete(made)


def read_events(url, token):
    discovery = requests.get(url + "/shared-events/v1/", headers=bearer(token), timeout=10).json()
    changes = requests.get(url + "/shared-events/v1/changes", headers=bearer(token), timeout=10).json()
    assert changes["origin"] == discovery["origin"]
    assert len(changes["items"]) == 4


def status(url, path, authorization):
    headers = authorization | {"X-Experience-API-Version": "1.0.3"}  # only xAPI looks at it
    return requests.get(url + path, headers=headers, timeout=20).status_code


def statuses(url, authorization):
    return [status(url, path, authorization) for path in SERVICES]


def refuse_what_is_switched_off(page, url, portal, token):
    set_general(page, {OWN: False, EVENTS: False}, configuration="None: no SCIM access")
    for authorization in (bearer(token), bearer(portal["bearer_token"])):
        for path, scope in zip(SERVICES, ("statements/read/mine", "scim", "shared_events"), strict=True):
            answer = requests.get(url + path, headers=authorization, timeout=10)
            assert answer.status_code == 403, path
            assert f'error="insufficient_scope", scope="{scope}"' in answer.headers["WWW-Authenticate"]
    assert status(url, SERVICES[0], basic(portal)) == 403
    set_general(page, {OWN: True, EVENTS: True}, configuration="Demo directory")
    assert statuses(url, bearer(token)) == [200, 200, 200]


def refuse_after_a_new_secret(page, url, portal):
    """Tokens are asked for without pause while the secret is replaced; none of them lives on."""
    old, done = dict(portal), Event()

    def issue(_number):
        tokens = []
        while not done.is_set():
            answer = requests.post(url + "/oauth2/token", data=FORM, headers=basic(old), timeout=20)
            tokens += [answer.json()["access_token"]] if answer.status_code == 200 else []
        return tokens

    with ThreadPoolExecutor(4) as issuers:
        issued = issuers.map(issue, range(4))
        portal["client_secret"] = generate(page, "secret", "Regenerate")
        done.set()
    tokens = [token for batch in issued for token in batch]
    assert tokens
    with ThreadPoolExecutor(4) as callers:
        answers = callers.map(status, repeat(url), repeat(SERVICES[0]), map(bearer, tokens))
        assert set(answers) == {401}
    assert status(url, SERVICES[0], basic(old)) == 401
    assert statuses(url, bearer(portal["bearer_token"])) == [200, 200, 200]
    assert statuses(url, bearer(authlib_token(url, portal))) == [200, 200, 200]


FORM = {"grant_type": "client_credentials"}


def refuse_after_a_new_token(page, url, portal):
    old, token = portal["bearer_token"], authlib_token(url, portal)
    portal["bearer_token"] = generate(page, "token", "Regenerate")
    assert statuses(url, bearer(old)) == [401, 401, 401]
    assert statuses(url, bearer(portal["bearer_token"])) == [200, 200, 200]
    assert statuses(url, bearer(token)) == [200, 200, 200]


def refuse_while_inactive(page, url, portal):
    token = authlib_token(url, portal)
    set_general(page, {"Active": False})
    for authorization in (bearer(token), bearer(portal["bearer_token"]), basic(portal)):
        assert set(statuses(url, authorization)) == {401}
    assert requests.post(url + "/oauth2/token", data=FORM, headers=basic(portal), timeout=10).status_code == 401
    set_general(page, {"Active": True})
    assert statuses(url, bearer(token)) == [401, 401, 401]
    assert statuses(url, bearer(portal["bearer_token"])) == [200, 200, 200]
    assert status(url, SERVICES[0], basic(portal)) == 200
