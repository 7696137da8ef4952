"""A directory that talks to us as identity providers do, and what it may know."""

import json
from dataclasses import dataclass, field
from urllib.parse import urlencode

import pytest
from django.test import Client

from scim.models import ScimConfiguration
from tests.builders import make_client_with_credentials, make_configuration

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def person(user_name="u1@x.test", **values):
    """The smallest body that is accepted."""
    email = user_name if "@" in user_name else f"{user_name}@x.test"
    return {"schemas": [CORE], "userName": user_name, "emails": [{"value": email, "type": "work"}]} | values


def group(name="g1", *members, **values):
    listed = {"members": [{"value": member["id"]} for member in members]} if members else {}
    return {"schemas": [GROUP], "displayName": name} | listed | values


@dataclass
class Directory:
    """One configuration seen from outside."""

    configuration: ScimConfiguration
    bearer: str
    prefix: str = "/scim/v2"
    http: Client = field(default_factory=lambda: Client(raise_request_exception=False, enforce_csrf_checks=True))

    def send(self, method, path="", body=None, *, content_type="application/scim+json", **headers):
        data = body if isinstance(body, (bytes, str)) else "" if body is None else json.dumps(body)
        headers = {"HTTP_AUTHORIZATION": f"Bearer {self.bearer}"} | headers
        kind = {"content_type": content_type} if content_type is not None else {}
        return self.http.generic(method, f"{self.prefix}{path}", data, **kind, **headers)

    def get(self, path="", **headers):
        return self.send("GET", path, **headers)

    def post(self, body, path="/Users", **headers):
        return self.send("POST", path, body, **headers)

    def created(self, *args, **values):
        answer = self.post(person(*args, **values))
        assert answer.status_code == 201, answer.content
        return answer.json()

    def patch(self, scim_id, *operations, **headers):
        return self.send("PATCH", f"/Users/{scim_id}", {"schemas": [PATCH_OP], "Operations": operations}, **headers)

    def grouped(self, name="g1", *members, **values):
        """A group with these users as members."""
        answer = self.post(group(name, *members, **values), "/Groups")
        assert answer.status_code == 201, answer.content
        return answer.json()

    def patch_group(self, scim_id, *operations, **headers):
        body = {"schemas": [PATCH_OP], "Operations": operations}
        return self.send("PATCH", f"/Groups/{scim_id}", body, **headers)

    def members(self, group):
        body = self.get(f"/Groups/{group['id']}").json()
        return sorted(one["value"] for one in body.get("members", ()))

    def find(self, scim_filter, path="/Users", **more):
        return self.get(f"{path}?{urlencode({'filter': scim_filter, **more})}")

    def names(self, scim_filter, **more):
        answer = self.find(scim_filter, **more)
        assert answer.status_code == 200, answer.content
        return sorted(one["userName"] for one in answer.json()["Resources"])


def make_directory(slug="", **values):
    configuration = make_configuration(slug, **values)
    client = make_client_with_credentials(scim_configuration=configuration)
    return Directory(configuration, client.bearer)


@pytest.fixture
def directory(db):
    return make_directory()


@pytest.fixture
def other(db):
    """Another configuration, which sees only its own division."""
    return make_directory(scope_division="Elsewhere")


def assert_refused(answer, status, scim_type=None):
    """RFC 7644 §3.12: an Error body with its status as text."""
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/scim+json"
    body = answer.json()
    assert body["schemas"] == [ERROR]
    assert body["status"] == str(status)
    assert body.get("scimType") == scim_type, body
    assert body["detail"]
