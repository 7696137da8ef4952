"""Who works with share labels: they bear no permission labels, and each may decide what any client is given."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from clients.administration import Action, ObjectType
from clients.models import Administrator
from clients.pages.frame import administrator
from shared_events.models import ShareLabel


def may_all(user: Administrator, action: Action) -> bool:
    """Whether the administrator may do this to events without a limit, and so to share labels."""
    return user.reach(action, ObjectType.EVENT) is None


def demand_all(request: HttpRequest, action: Action) -> Administrator:
    user = administrator(request)
    if not may_all(user, action):
        raise PermissionDenied
    return user


def found(request: HttpRequest, pk: int, action: Action) -> tuple[Administrator, ShareLabel]:
    user = administrator(request)
    if not may_all(user, Action.VIEW):
        raise Http404
    label = get_object_or_404(ShareLabel.objects.select_related("parent"), pk=pk)
    return demand_all(request, action), label
