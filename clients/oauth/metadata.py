"""Discovery documents (RFC 8414, RFC 9728). They name only what is mounted, and never trust a Host header."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse

from clients import addresses
from clients.addresses import public_url, service_url
from clients.oauth.views import PlainJsonView
from clients.rights import SCOPES, Service

_CLIENT_AUTHENTICATION = ["client_secret_basic", "client_secret_post"]


class ServerMetadata(PlainJsonView):
    """RFC 8414 §2. ``response_types_supported`` is required there; no grant of ours has one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        endpoints = {
            "token": addresses.TOKEN_PATH,
            "revocation": addresses.REVOCATION_PATH,
            "introspection": addresses.INTROSPECTION_PATH,
        }
        document: dict[str, Any] = {"issuer": public_url()}
        for name, path in endpoints.items():
            document[f"{name}_endpoint"] = public_url() + path
            document[f"{name}_endpoint_auth_methods_supported"] = _CLIENT_AUTHENTICATION
        return _public(
            document
            | {
                "grant_types_supported": ["client_credentials"],
                "response_types_supported": [],
                "scopes_supported": list(SCOPES),
            }
        )


class ResourceMetadata(PlainJsonView):
    """RFC 9728 §2, one document for each service."""

    service: Service = Service.SCIM

    def get(self, request: HttpRequest) -> HttpResponse:
        return _public(
            {
                "resource": service_url(self.service),
                "authorization_servers": [public_url()],
                "scopes_supported": self.service.scopes,
                "bearer_methods_supported": ["header"],
            }
        )


def _public(document: dict[str, Any]) -> HttpResponse:
    return JsonResponse(document, headers={"Cache-Control": "max-age=300", "Access-Control-Allow-Origin": "*"})
