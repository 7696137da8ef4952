"""One link by its id.

Whoever locks several rows does it in one order, so that nobody waits in a circle: users, their links, groups, and each
kind by primary key. Rows that are not deleted are locked without their keys, which leaves references to them free.
"""

from scim.errors import NotFound
from scim.filters.compile import parse_id
from scim.models import LmsUser, ScimConfiguration, ScimLink


def find(configuration: ScimConfiguration, kind: str, scim_id: str, *, lock: bool = False) -> ScimLink:
    """The visible link with this id, or NotFound. ``lock``: until the transaction ends nobody else changes it."""
    parsed = parse_id(scim_id)
    if parsed is None:
        raise NotFound
    found = ScimLink.objects.visible_to(configuration).filter(kind=kind, scim_id=parsed).select_related("user")
    if lock:
        if kind == ScimLink.Kind.USER:
            LmsUser.objects.locked(links__configuration=configuration, links__scim_id=parsed)
        found = found.select_for_update(of=("self",), no_key=True)
    link = found.first()
    if link is None:
        raise NotFound
    link.configuration = configuration
    return link
