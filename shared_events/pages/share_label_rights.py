"""Who works with share labels: they bear no permission labels, and each may decide what any client is given."""

from clients.administration import Action, ObjectType
from clients.models import Administrator


def may_all(user: Administrator, action: Action) -> bool:
    """Whether the administrator may do this to events without a limit, and so to share labels."""
    return user.reach(action, ObjectType.EVENT) is None
