"""The library's seam: whatever reaches its machinery gets the answers of our functions, and no other grant works."""

from typing import Any

from django.utils import timezone
from oauth2_provider.oauth2_validators import OAuth2Validator
from oauthlib.oauth2.rfc6749.errors import InvalidRequestError

from clients import access, lookup, secrets, tokens
from clients.lookup import Holder
from clients.models import LmsSettings
from clients.oauth.errors import InvalidClient
from clients.oauth.grant import presented
from clients.rights import default_scopes, grantable, scope_bits
from lms_oauth.errors import InvalidRequest


def issue_access_token(request: Any, **_kwargs: Any) -> str:
    """``ACCESS_TOKEN_GENERATOR``: the same token our endpoint issues."""
    now = int(timezone.now().timestamp())
    request.expires_in = LmsSettings.current().access_token_lifetime_seconds
    return tokens.issue(
        request.client,
        scopes=scope_bits(request.scopes),
        services=tokens.ALL_SERVICES,
        lifetime_seconds=request.expires_in,
        now=now,
    )


class ClientValidator(OAuth2Validator):
    def authenticate_client(self, request: Any, *args: Any, **kwargs: Any) -> bool:
        header = request.headers.get("HTTP_AUTHORIZATION", "")
        try:
            pair = presented(header, request.client_id or "", request.client_secret or "")
        except InvalidRequest as error:
            raise InvalidRequestError(error.detail) from None  # type: ignore[no-untyped-call]
        except InvalidClient:
            return False
        holder = access.check_secret(pair, timezone.now(), None)
        request.client = holder if isinstance(holder, Holder) else None
        return request.client is not None

    def authenticate_client_id(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> bool:
        return False  # there are no public clients

    def validate_user(self, username: str, password: str, client: Any, request: Any, *args: Any, **kw: Any) -> bool:
        return False  # and asks no authentication backend

    def validate_grant_type(
        self, client_id: str, grant_type: str, client: Any, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        return grant_type == "client_credentials"

    def validate_scopes(
        self, client_id: str, scopes: list[str], client: Holder, request: Any, *args: Any, **kwargs: Any
    ) -> bool:
        # An empty ``scope`` counts as absent (RFC 6749 §3.2).
        request.scopes = [name for name in scopes if name] or self.get_default_scopes(client_id, request)
        return bool(request.scopes) and all(grantable(name, client.switches.rights) for name in request.scopes)

    def get_default_scopes(self, client_id: str, request: Any, *args: Any, **kwargs: Any) -> list[str]:
        return default_scopes(request.client.switches.rights)

    def save_bearer_token(self, token: dict[str, Any], request: Any, *args: Any, **kwargs: Any) -> None:
        """Signed tokens are not stored; the answer gets the lifetime they were signed with."""
        token["expires_in"] = request.expires_in

    def validate_bearer_token(self, token: str, scopes: list[str], request: Any) -> bool:
        holder = self._load_access_token(token)
        return holder is not None and all(grantable(name, holder.switches.rights) for name in scopes or [])

    def revoke_token(self, token: str, token_type_hint: str, request: Any, *args: Any, **kwargs: Any) -> None:
        parsed, holder = tokens.read(token), self._load_access_token(token)
        if parsed is not None and holder is not None and holder.client_pk == request.client.client_pk:
            tokens.revoke(token, parsed.claims)

    def _load_application(self, client_id: str, request: Any) -> Holder | None:
        return request.client if isinstance(request.client, Holder) else None

    def _load_access_token(self, token: str) -> Holder | None:
        parsed, now = tokens.read(token or ""), timezone.now()
        if parsed is None:
            return None
        claims = parsed.claims
        holder = lookup.by_number(claims.client_pk, claims.number, secrets.digest(token), now)
        if holder is None or not tokens.is_authentic(parsed, holder):
            return None
        return holder if tokens.is_current(claims, holder, int(now.timestamp())) else None
