"""The About resource (xAPI 1.0.3 Communication §2.8): no authentication, any version header or none."""

from django.http import HttpRequest, HttpResponse

from lrs.statement.types import Version
from lrs.views.base import XapiView, json_answer

_BODY = b'{"version":[%s]}' % b",".join(b'"%s"' % version.value.encode() for version in Version)


class About(XapiView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return json_answer(_BODY)
