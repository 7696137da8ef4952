"""What a server answers to requests drawn from its published descriptions is what they say: no 5xx, nothing beyond."""

import json

import pytest
import schemathesis
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from lms_oauth.settings import BASE_DIR
from tests.fuzz.effort import LONG, effort


def no_fault(_context, response, case):
    """/Me alone is not implemented, and says so by a 5xx (RFC 7644 §3.11)."""
    assert response.status_code < 500 or (response.status_code, case.path) == (501, "/Me"), response.text


CHECKS = [
    no_fault,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schemathesis.serializer("multipart/mixed")
def mixed(_context, value):
    """Whatever was drawn, as the JSON of a multipart body without attachments."""
    drawn = value if isinstance(value, (bytes, str)) else json.dumps(value)
    return drawn.encode(errors="replace") if isinstance(drawn, str) else drawn


@schemathesis.serializer("*/*")
def anything(_context, value):
    return value if isinstance(value, bytes) else json.dumps(value).encode()


def described(name):
    schema = schemathesis.openapi.from_path(BASE_DIR / "docs" / f"openapi-{name}.yaml")
    schema.config.phases.coverage.enabled = LONG
    schema.config.phases.coverage.unexpected_methods = set()  # what they answer is tested beside each API
    return schema


oauth, scim, xapi = map(described, ("oauth", "scim", "xapi"))


@pytest.fixture(scope="module")
def clients(installation):
    return {
        "oauth": installation.create_client("Fuzzed token endpoint", "--lrs-own"),
        "scim": installation.create_client(
            "Fuzzed directory", "--scim-configuration", installation.create_configuration()
        ),
        "xapi": installation.create_client("Fuzzed content", "--lrs-own"),
    }


def call(case, installation, base="", **more):
    case.call_and_validate(base_url=installation.url + base, checks=CHECKS, timeout=60, **more)


@oauth.parametrize()
@effort(6)
def test_oauth(case, installation, clients):
    client = clients["oauth"]
    call(case, installation, auth=(client["client_id"], client["client_secret"]))


@scim.parametrize()
@effort(4)
def test_scim(case, installation, clients):
    bearer = {"Authorization": f"Bearer {clients['scim']['bearer_token']}"}
    call(case, installation, "/scim/v2", headers=bearer)


@xapi.parametrize()
@effort(6)
def test_xapi(case, installation, clients):
    bearer = {"Authorization": f"Bearer {clients['xapi']['bearer_token']}"}
    call(case, installation, headers=bearer)


@oauth.parametrize()
@effort(2)
def test_oauth_for_strangers(case, installation):
    call(case, installation)
