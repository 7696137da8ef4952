"""The published description of the OAuth endpoints is what they do; tests/fuzz sends what is drawn from it."""

import re

import pytest
import requests
import schemathesis
import yaml

from clients import secrets
from clients.oauth.urls import urlpatterns
from lms_oauth.settings import BASE_DIR

FILE = BASE_DIR / "docs" / "openapi-oauth.yaml"
DOCUMENT = yaml.safe_load(FILE.read_text())
OPERATIONS = [(path, method.upper()) for path, item in DOCUMENT["paths"].items() for method in item]
schema = schemathesis.openapi.from_path(FILE)


@pytest.fixture(scope="module")
def client(installation):
    return installation.create_client("Integrator", "--lrs-own")


def call(installation, path, data, client):
    return requests.post(
        installation.url + path, data=data, auth=(client["client_id"], client["client_secret"]), timeout=10
    )


def test_every_mounted_address_is_described_and_no_other():
    mounted = {pattern.name for pattern in urlpatterns if pattern.name}
    assert len(mounted) == len(OPERATIONS)
    for path, _method in OPERATIONS:
        assert any(pattern.pattern.regex.search(path.removeprefix("/")) for pattern in urlpatterns if pattern.name), (
            path
        )


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@pytest.mark.parametrize("slash", ["", "/"])
def test_other_methods_are_refused_in_json(installation, path, method, slash):
    for other in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - {method}:
        answer = requests.request(other, installation.url + path + slash, timeout=10)
        assert answer.status_code == 405, other
        assert answer.headers["Allow"] in {method, f"{method}, HEAD"}
        assert answer.json()["error"] == "invalid_request"


def test_the_answers_of_a_whole_exchange_fit(installation, client):
    issued = call(installation, "/oauth2/token", {"grant_type": "client_credentials"}, client)
    token = {"token": issued.json()["access_token"]}
    exchange = [
        ("/oauth2/token", issued),
        ("/oauth2/introspect", call(installation, "/oauth2/introspect", token, client)),
        ("/oauth2/introspect", call(installation, "/oauth2/introspect", {"token": client["bearer_token"]}, client)),
        ("/oauth2/revoke", call(installation, "/oauth2/revoke", token, client)),
        ("/oauth2/introspect", call(installation, "/oauth2/introspect", token, client)),
    ]
    for path, answer in exchange:
        assert answer.status_code == 200
        schema[path]["POST"].validate_response(answer)
    assert [answer.json().get("active") for _path, answer in exchange] == [None, True, True, None, False]


def test_the_expression_for_secret_scanners_is_the_one_published():
    text = (BASE_DIR / "docs" / "oauth-api.md").read_text()
    assert f"`{secrets.SCANNER_EXPRESSION}`" in text
    for prefix in (secrets.CLIENT_SECRET, secrets.BEARER_TOKEN):
        assert re.search(secrets.SCANNER_EXPRESSION, f'password = "{secrets.generate(prefix)}"')
    assert not re.search(secrets.SCANNER_EXPRESSION, secrets.generate_client_id())
