"""Two gunicorns on one database with a balancer between them: whatever one begins, the other goes on with."""

import re
import secrets
import time

import pytest
import requests

from tests.builders import PASSWORD
from tests.gunicorn import beside

SECONDS = 60
FORM_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
SECRET = re.compile(r"lmscs_[A-Za-z0-9]+")
FIRST = "/system/oauth-clients/"


@pytest.fixture(scope="module")
def machines(installation, tmp_path_factory):
    with beside(installation, tmp_path_factory.mktemp("second")) as second:
        yield installation, second


@pytest.fixture
def made(installation):
    return installation.create_client("Between two", "--lrs-own")


def read(machine, value):
    headers = {"X-Experience-API-Version": "1.0.3", "Authorization": f"Bearer {value}"}
    return requests.get(f"{machine.url}/xapi/statements", headers=headers, timeout=SECONDS)


def test_a_token_of_one_works_on_the_other_until_one_ends_it(machines, made):
    first, second = machines
    form = {"grant_type": "client_credentials", "client_id": made["client_id"], "client_secret": made["client_secret"]}
    token = requests.post(f"{first.url}/oauth2/token", form, timeout=SECONDS).json()["access_token"]
    assert [read(machine, token).status_code for machine in machines] == [200, 200]
    second.manage("set_client", made["client_id"], "--inactive")
    assert [read(machine, token).status_code for machine in machines] == [401, 401]


@pytest.mark.postgresql  # each process on SQLite has a bucket of its own
def test_a_limit_counts_for_both(machines, made):
    first, _second = machines
    first.manage("set_client", made["client_id"], "--requests-per-minute", "1", "--burst", "2")
    began = time.monotonic()
    found = [read(machine, made["bearer_token"]).status_code for machine in machines * 2]
    assert found[:2] == [200, 200]
    assert found.count(200) <= 2 + (time.monotonic() - began) / 60


def test_a_session_goes_on_and_a_secret_is_shown_by_one_once(machines, made):
    first, second = machines
    name = f"twice-{secrets.token_hex(4)}"  # another in a second try
    first.manage("create_superadmin", "--username", name, "--password-file", "-", stdin=PASSWORD)
    with requests.Session() as browser:  # its cookies are for both: a port does not tell hosts apart

        def send(machine, page, action="", **fields):
            token = FORM_TOKEN.search(browser.get(machine.url + page, timeout=SECONDS).text)[1]
            address = (second if machine is first else first).url + (action or page)
            return browser.post(address, {"csrfmiddlewaretoken": token} | fields, timeout=SECONDS)

        assert send(first, "/account/login/", username=name, password=PASSWORD).ok
        page = browser.get(f"{first.url}{FIRST}?q={made['client_id']}", timeout=SECONDS)
        assert page.url.startswith(first.url + FIRST)
        pk = re.search(rf'href="{FIRST}(\d+)/"', page.text)[1]
        tab = f"{FIRST}{pk}/credentials/"
        shown = send(first, f"{tab}regenerate-secret/", number="1", confirm="on")
        secret = SECRET.search(shown.text)[0]
        again = send(second, f"{tab}regenerate-secret/", number="1", confirm="on")
        assert again.status_code == 409
        for machine in machines:
            assert secret not in browser.get(machine.url + tab, timeout=SECONDS).text
