"""The same layer as REST framework classes, with REST framework's own exception handler."""

import pytest

from clients.rights import Service
from tests.access_cases import make_client_for
from tests.builders import make_client_with_credentials
from tests.headers import basic, bearer

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.probe")]


@pytest.mark.parametrize("path", ["/probe/drf", "/probe/drf/public"])
@pytest.mark.parametrize(
    "header", [{}, bearer("x"), bearer('x", realm="evil'), basic("a", "b"), {"HTTP_AUTHORIZATION": "Digest x"}]
)
def test_nobody_is_served_as_anonymous(client, path, header):
    response = client.get(path, **header)
    assert response.status_code == 401
    assert 'realm="xAPI"' in response["WWW-Authenticate"]
    assert "evil" not in response["WWW-Authenticate"] + response.text


def test_the_principal_is_the_client(client, django_assert_num_queries):
    made = make_client_for(Service.XAPI)
    client.get("/probe/drf", **bearer(made.bearer))
    with django_assert_num_queries(1):
        response = client.get("/probe/drf", **bearer(made.bearer))
    assert response.json() == {"client": made.client_id, "pk": made.client.pk, "kind": "bearer"}


def test_a_missing_right(client):
    made = make_client_with_credentials()
    response = client.get("/probe/drf", **bearer(made.bearer))
    assert response.status_code == 403
    assert 'scope="statements/read/mine"' in response["WWW-Authenticate"]


def test_throttles_count_clients_and_not_addresses(client):
    one, two = make_client_for(Service.XAPI), make_client_for(Service.XAPI)
    seen = [client.get("/probe/drf/throttled", **bearer(one.bearer)).status_code for _ in range(3)]
    assert seen == [200, 200, 429]
    assert client.get("/probe/drf/throttled", **bearer(two.bearer)).status_code == 200


@pytest.mark.parametrize("method", ["OPTIONS", "POST", "DELETE"])
def test_methods_without_a_declared_right(client, method):
    made = make_client_for(Service.XAPI)
    response = client.generic(method, "/probe/drf", **bearer(made.bearer))
    assert response.status_code == 405
    assert "GET" in response["Allow"]


def test_a_spent_budget(client, settings):
    settings.FAILURES_PER_ADDRESS = (1, 60)
    client.get("/probe/drf", **bearer("x"))
    response = client.get("/probe/drf", **bearer("x"))
    assert response.status_code == 429
    assert response["Retry-After"] == "1"
    assert "WWW-Authenticate" not in response
