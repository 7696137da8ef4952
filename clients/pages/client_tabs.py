"""What the tabs of a client share: the steps above them and the tabs themselves."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clients.models import Client
from clients.pages import client_parts
from clients.pages.frame import Step, Tab


def above(client: Client | None = None) -> list[Step]:
    """The list, and the client where the page is below it."""
    steps = [Step(_("OAuth clients"), reverse("oauth-clients"))]
    return [*steps, Step(client.name, client.get_absolute_url())] if client else steps


def tabs(client: Client, current: str) -> list[Tab]:
    pages = {
        "client": _("General"),
        "client-credentials": _("Credentials"),
        "client-limits": _("Limits"),
        **{part.url_name: part.label for part in client_parts.registered()},
        "client-activity": pgettext("of a client", "Activity"),
        "client-history": _("History"),
    }
    return [Tab(label, reverse(name, args=[client.pk]), name == current) for name, label in pages.items()]
