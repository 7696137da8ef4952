"""All that whoever connects a system needs, except the secret: to print, as text and as JSON."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients import addresses, lookup
from clients.connection import PROBES
from clients.models import Client
from clients.pages.client_tabs import above
from clients.pages.frame import administrator, show
from clients.pages.reach import find
from clients.pages.samples import Sample, samples
from clients.rights import LRS, Right, Service, default_scopes


@require_safe
def page(request: HttpRequest, pk: int) -> HttpResponse:
    client = find(Client.objects.all(), administrator(request), pk)
    return show(
        request,
        "clients/integration_sheet.html",
        title=_("%(name)s, Integration sheet") % {"name": client.name},
        above=above(client),
        here=_("Integration sheet"),
        client=client,
        sheet=_sheet(client),
        samples=_samples(client),
    )


@require_safe
def as_json(request: HttpRequest, pk: int) -> JsonResponse:
    client = find(Client.objects.all(), administrator(request), pk)
    response = JsonResponse(_sheet(client), json_dumps_params={"indent": 2, "ensure_ascii": False})
    response["Content-Disposition"] = f'attachment; filename="integration-{client.client_id}.json"'
    return response


@require_safe
def as_text(request: HttpRequest, pk: int) -> HttpResponse:
    client = find(Client.objects.all(), administrator(request), pk)
    lines = [f"{name}: {_words(value)}" for name, value in _sheet(client).items()]
    response = HttpResponse("\r\n".join([*lines, ""]), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="integration-{client.client_id}.txt"'
    return response


def _words(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else str(value)


def _sheet(client: Client) -> dict[str, Any]:
    """Names of RFC 6749 where it has one. Addresses are those of services the client may use now."""
    rights = _rights(client)
    services = [service for service in Service if service.rights & rights]
    return {
        "name": client.name,
        "client_id": client.client_id,
        "grant_type": "client_credentials",
        "token_endpoint": addresses.token_endpoint(),
        "scope": default_scopes(rights),
        **{f"{service.slug}_endpoint": addresses.service_url(service) for service in services},
    }


def _rights(client: Client) -> Right:
    return lookup.switches_of(client.pk).rights if client.active else Right.NONE


def _samples(client: Client) -> list[Sample]:
    """For the first service that the client may use; none where it may use nothing."""
    rights = _rights(client)
    for service, probe in PROBES.items():
        if service.rights & rights:
            address = addresses.service_url(service) + probe
            xapi = bool(service.rights & LRS)
            return samples(client.client_id, addresses.token_endpoint(), address, xapi=xapi)
    return []
