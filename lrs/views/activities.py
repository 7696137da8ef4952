"""The Activities resource (xAPI 1.0.3 Communication §2.5): all that is known of one Activity."""

import orjson
from django.http import HttpRequest, HttpResponse

from lrs import descriptions
from lrs.statement import keys
from lrs.statement.parameters import activity_id
from lrs.views.base import READ, XapiResource
from lrs.views.parameters import checked, only_parameter
from lrs.views.tagged import tagged_json


class Activities(XapiResource):
    rights = {"GET": READ}

    def get(self, request: HttpRequest) -> HttpResponse:
        iri = checked(activity_id, only_parameter(request, "activityId"))
        key = keys.of_activity(iri)
        definition = descriptions.known([key], self.owner).get(key)
        activity = {"objectType": "Activity", "id": iri, **({"definition": definition} if definition else {})}
        return tagged_json(request, orjson.dumps(activity))
