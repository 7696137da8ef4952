"""Base of API views behind the authentication layer. A plain Django view: the hot paths pay for nothing else."""

from typing import Any, ClassVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from clients.access import Access, authenticate
from clients.rights import Right, Service
from lms_oauth.http import ApiView

METHODS = ("get", "post", "put", "patch", "delete")


class UndeclaredRight(TypeError):
    """A view answers a method that it declares no right for. Raised at import, so it cannot reach production."""


class DeclaresRights:
    """Mixin: every HTTP method a view answers, inherited ones included, names the rights that open it.

    ``rights`` maps the method (GET covers HEAD) to alternatives: one of them must be held whole.
    """

    service: ClassVar[Service]
    rights: ClassVar[dict[str, tuple[Right, ...]]] = {}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        answered = {name.upper() for name in METHODS if hasattr(cls, name)}
        if answered != set(cls.rights) or not all(cls.rights.values()):
            raise UndeclaredRight(f"{cls.__name__}: answers {sorted(answered)}, declares {sorted(cls.rights)}")
        if answered and not hasattr(cls, "service"):
            raise UndeclaredRight(f"{cls.__name__}: names no service")


class ProtectedView(DeclaresRights, ApiView):
    """Authenticates, checks the declared right, then runs the handler with ``self.access`` set."""

    access: Access

    def respond(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.access = authenticate(request, self.service)
        return self.respond_authenticated(request, *args, **kwargs)

    def respond_authenticated(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        handler = self.handler_for(request)
        self.access.require_any(*self.rights["GET" if request.method == "HEAD" else request.method or ""])
        return handler(request, *args, **kwargs)
