"""One link by its id."""

from scim.errors import NotFound
from scim.filters.compile import parse_id
from scim.models import ScimConfiguration, ScimLink


def find(configuration: ScimConfiguration, kind: str, scim_id: str, *, lock: bool = False) -> ScimLink:
    """The visible link with this id, or NotFound. ``lock``: until the transaction ends nobody else changes it."""
    parsed = parse_id(scim_id)
    if parsed is None:
        raise NotFound
    found = ScimLink.objects.visible_to(configuration).filter(kind=kind, scim_id=parsed).select_related("user")
    link = (found.select_for_update(of=("self",)) if lock else found).first()
    if link is None:
        raise NotFound
    link.configuration = configuration
    return link
