"""Addresses of the authorization server; each with or without a final slash, never a redirect."""

from django.urls import re_path

from clients.oauth.metadata import ResourceMetadata, ServerMetadata
from clients.oauth.views import IntrospectionEndpoint, RevocationEndpoint, TokenEndpoint, UnknownAddress
from clients.rights import Service

urlpatterns = [
    re_path(r"^oauth2/token/?$", TokenEndpoint.as_view(), name="oauth-token"),
    re_path(r"^oauth2/revoke/?$", RevocationEndpoint.as_view(), name="oauth-revoke"),
    re_path(r"^oauth2/introspect/?$", IntrospectionEndpoint.as_view(), name="oauth-introspect"),
    re_path(r"^oauth2(/.*)?$", UnknownAddress.as_view()),
    re_path(r"^\.well-known/oauth-authorization-server/?$", ServerMetadata.as_view(), name="oauth-metadata"),
    *[
        re_path(
            rf"^{service.metadata_path.removeprefix('/').replace('.', r'[.]')}/?$",
            ResourceMetadata.as_view(service=service),
            name=f"{service.slug}-metadata",
        )
        for service in Service
    ],
]
