"""What of a user no page shows."""

from collections.abc import Sequence

from scim.models import ScimLink


def hidden_fields(pks: Sequence[int]) -> dict[int, set[str]]:
    """By user, the fields that any configuration which keeps him or kept him marks as sensitive, in reach or not."""
    hidden: dict[int, set[str]] = {}
    for link in ScimLink.objects.filter(user__in=pks).select_related("configuration").defer("data"):
        fields = {row.target for row in link.configuration.rows if row.sensitive}
        hidden.setdefault(link.user_id or 0, set()).update(fields - {""})
    return hidden
