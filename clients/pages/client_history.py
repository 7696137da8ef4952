"""The History tab of an OAuth client: what the audit log says of it."""

from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from clients.administration import Action, ObjectType
from clients.models import AuditEntry, Client
from clients.pages.audit_words import action_words, facts
from clients.pages.client_tabs import above, tabs
from clients.pages.frame import administrator, show
from clients.pages.reach import find

PER_PAGE = 50
_MAY_NAME_OTHERS = frozenset({"labels", "scim_configuration"})


@require_safe
def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Refused credentials are entered under the client ID that was claimed."""
    user = administrator(request)
    client = find(Client.objects.all(), user, pk)
    rows = AuditEntry.objects.filter(Q(object_id=str(client.pk)) | Q(object_id=client.client_id), object_type="client")
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    hidden = frozenset() if user.reach(Action.VIEW, ObjectType.CLIENT) is None else _MAY_NAME_OTHERS
    return show(
        request,
        "clients/client_history.html",
        title=_("%(name)s, History") % {"name": client.name},
        above=above(),
        here=client.name,
        client=client,
        tabs=tabs(client, "client-history"),
        page=page,
        rows=[_row(entry, hidden) for entry in page],
    )


def _row(entry: AuditEntry, hidden: frozenset[str]) -> dict[str, object]:
    return {"entry": entry, "action": action_words(entry.action), "facts": facts(entry, hidden=hidden)}
