"""The Agents resource (xAPI 1.0.3 Communication §2.4): all that is known of one Agent, as a Person."""

from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from lrs import descriptions
from lrs.statement import keys
from lrs.statement.actors import IDENTIFIERS
from lrs.statement.parameters import one_agent
from lrs.views.base import READ, XapiResource
from lrs.views.parameters import checked, decode_parameter, only_parameter
from lrs.views.tagged import tagged_json


class Agents(XapiResource):
    rights = {"GET": READ}

    def get(self, request: HttpRequest) -> HttpResponse:
        agent = checked(one_agent, only_parameter(request, "agent"), self.version, decode_parameter)
        names = descriptions.names(keys.of_actor(agent) or "", self.owner)
        return tagged_json(
            request, orjson.dumps(_person(agent, names or [agent["name"]] if "name" in agent else names))
        )


def _person(agent: dict[str, Any], names: list[str]) -> dict[str, Any]:
    """Every member but objectType is an array."""
    identifiers = {name: [agent[name]] for name in IDENTIFIERS if name in agent}
    return {"objectType": "Person", **({"name": names} if names else {}), **identifiers}
