"""What one configuration changes of a user is what all others serve: their links follow in the same transaction."""

from collections.abc import Collection
from copy import deepcopy
from datetime import datetime
from typing import Any

from scim import mapping
from scim.comparison import key
from scim.models import LmsUser, ScimLink
from scim.storage import index

FIELDS = tuple(name for name in mapping.TARGETS if name != "manager")  # each directory names managers by its own ids


def values_of(user: LmsUser) -> dict[str, str]:
    return {name: getattr(user, name) for name in FIELDS}


def follow(
    user: LmsUser, changed: Collection[str], *, apart_from: ScimLink, case_exact: Collection[str], at: datetime
) -> None:
    """Bring the other live links of ``user`` to the ``changed`` fields. Where none is mapped, the version stays."""
    if not changed:
        return
    others = ScimLink.objects.live().filter(user=user).exclude(pk=apart_from.pk).select_related("configuration")
    for link in others.select_for_update(of=("self",), no_key=True).order_by("pk"):
        data = _restated(link.data, user, [row for row in link.configuration.rows if row.target in changed])
        if data != link.data:
            link.data, link.key = data, key(str(data["userName"]))
            link.version, link.modified = link.version + 1, at
            link.save()
            index.write(link, case_exact)


def _restated(data: dict[str, Any], user: LmsUser, rows: mapping.Rows) -> dict[str, Any]:
    """Values that say the same already stay as the directory wrote them."""
    restated = deepcopy(data)
    for row in rows:
        if mapping.value_at(data, row.path) != getattr(user, row.target):
            mapping.restate(restated, row.path, getattr(user, row.target))
    made: dict[str, Any] = mapping.trimmed(restated)
    return made
