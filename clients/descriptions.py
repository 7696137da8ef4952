"""The OpenAPI descriptions, for whoever reads them or makes a client of them: no login, this installation's address."""

import re

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from clients.addresses import public_url

FILES = {path.stem.removeprefix("openapi-"): path for path in (settings.BASE_DIR / "docs").glob("openapi-*.yaml")}
_SERVER = re.compile(r"^(  - url: )(/.*)$", re.MULTILINE)  # each is written relative to the root


@login_not_required
@require_safe
def description(_request: HttpRequest, name: str) -> HttpResponse:
    if name not in FILES:
        raise Http404
    text = FILES[name].read_text(encoding="utf-8")
    text = _SERVER.sub(lambda match: match[1] + (public_url() + match[2]).rstrip("/"), text)
    answer = HttpResponse(text, content_type="application/yaml")
    answer["Access-Control-Allow-Origin"] = "*"  # tools that run in browsers
    return answer
