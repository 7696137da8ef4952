"""Requests as clients of the authorization server make them."""

from urllib.parse import urlencode

import pytest

from clients.rights import Service
from tests.access_cases import make_client_for
from tests.headers import basic

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def made():
    """A client with every switch on."""
    return make_client_for(*Service)


@pytest.fixture
def post(client):
    """``post("token", fields or bytes, made)``: by Basic where ``made`` is given."""

    def send(endpoint, fields=(), made=None, *, content_type=FORM, **extra):
        body = fields if isinstance(fields, bytes) else urlencode(dict(fields))
        header = basic(made.client_id, made.secret) if made else {}
        sent = {"CONTENT_TYPE": content_type}  # also with an empty body, for which the test client sends none
        return client.post(f"/oauth2/{endpoint}", body, content_type, **sent | header | extra)

    return send


@pytest.fixture
def issue(post):
    """An access token by the token endpoint."""

    def send(made, **fields):
        response = post("token", {"grant_type": "client_credentials"} | fields, made)
        assert response.status_code == 200, response.content
        return response.json()["access_token"]

    return send
