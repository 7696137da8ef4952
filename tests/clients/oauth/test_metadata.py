"""Discovery documents tell the truth, whatever Host they were asked under (RFC 8414, RFC 9728)."""

import pytest

from clients.models import LmsSettings
from clients.rights import SCOPES, Service

pytestmark = pytest.mark.django_db

SERVER = "/.well-known/oauth-authorization-server"
RESOURCES = {
    Service.SCIM: "/.well-known/oauth-protected-resource/scim/v2",
    Service.XAPI: "/.well-known/oauth-protected-resource/xapi",
    Service.SHARED_EVENTS: "/.well-known/oauth-protected-resource/shared-events/v1",
}


def test_the_authorization_server(client):
    methods = ["client_secret_basic", "client_secret_post"]
    assert client.get(SERVER).json() == {
        "issuer": "http://testserver",
        "token_endpoint": "http://testserver/oauth2/token",
        "token_endpoint_auth_methods_supported": methods,
        "revocation_endpoint": "http://testserver/oauth2/revoke",
        "revocation_endpoint_auth_methods_supported": methods,
        "introspection_endpoint": "http://testserver/oauth2/introspect",
        "introspection_endpoint_auth_methods_supported": methods,
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "scopes_supported": list(SCOPES),
    }


@pytest.mark.parametrize(
    ("service", "path", "scopes"),
    [
        (Service.SCIM, "/scim/v2/", ["scim"]),
        (
            *(Service.XAPI, "/xapi/"),
            ["xapi:write", "xapi:read", "xapi:all", "statements/write", "statements/read/mine", "all/read"],
        ),
        (Service.SHARED_EVENTS, "/shared-events/v1/", ["shared_events"]),
    ],
)
def test_a_protected_resource(client, service, path, scopes):
    assert client.get(RESOURCES[service]).json() == {
        "resource": "http://testserver" + path,
        "authorization_servers": ["http://testserver"],
        "scopes_supported": scopes,
        "bearer_methods_supported": ["header"],
    }


@pytest.mark.parametrize("path", [SERVER, *RESOURCES.values()])
class TestEveryDocument:
    def test_with_or_without_final_slash_never_a_redirect(self, client, path):
        assert client.get(path).content == client.get(path + "/").content

    def test_never_from_the_host_header(self, client, path, settings):
        settings.ALLOWED_HOSTS = ["*"]
        expected = client.get(path).content
        forged = {"HTTP_HOST": "evil.example", "HTTP_X_FORWARDED_HOST": "evil.example"}
        assert client.get(path, **forged).content == expected
        assert b"evil" not in expected

    def test_methods(self, client, path):
        head = client.head(path)
        assert (head.status_code, head.content) == (200, b"")
        for method in ("POST", "PUT", "DELETE", "OPTIONS"):
            response = client.generic(method, path)
            assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
            assert response.json()["error"] == "invalid_request"

    def test_anybody_may_read_it_and_caches_may_keep_it(self, client, path):
        response = client.get(path)
        assert response["Access-Control-Allow-Origin"] == "*"
        assert response["Cache-Control"] == "max-age=300"
        assert response["Content-Type"] == "application/json"

    def test_https(self, client, path):
        LmsSettings.objects.update(public_address="https://lms.example.org/")
        LmsSettings.forget()
        assert client.get(path).status_code == 403
        assert b"https://lms.example.org/" in client.get(path, secure=True).content


def test_every_advertised_address_answers(client):
    document = client.get(SERVER).json()
    for name, value in document.items():
        if name.endswith("_endpoint"):
            response = client.post(value, "x=1", "application/x-www-form-urlencoded")
            assert response.status_code in {400, 401}, name
    for path in RESOURCES.values():
        resource = client.get(path).json()
        assert resource["authorization_servers"] == [document["issuer"]]
        assert set(resource["scopes_supported"]) <= set(document["scopes_supported"])


@pytest.mark.parametrize("service", Service)
def test_challenges_lead_here(service):
    assert service.metadata_path == RESOURCES[service]
