"""Finding what a page is about: 404 for what is out of the administrator's sight, 403 for what he may only look at."""

from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404

from clients.administration import Action, ObjectType
from clients.models import Administrator
from clients.pages.frame import administrator

Found = TypeVar("Found", bound=Model)


def find(rows: "QuerySet[Found]", user: Administrator, pk: int, action: Action = Action.VIEW) -> Found:
    """``rows``: of a model whose objects are looked for by ``in_reach_of``."""
    within: Any = rows
    seen: Any = within.in_reach_of(user, Action.VIEW)
    found: Found | None = (seen if action == Action.VIEW else seen.in_reach_of(user, action)).filter(pk=pk).first()
    if found is not None:
        return found
    if seen.filter(pk=pk).exists():
        raise PermissionDenied
    raise Http404


def find_whole(
    rows: "QuerySet[Found]", user: Administrator, pk: int, kind: ObjectType, action: Action = Action.VIEW
) -> Found:
    """As ``find``, of a type that bears no labels: it is in sight as a whole or not at all."""
    if not user.may(Action.VIEW, kind):
        raise Http404
    found: Found = get_object_or_404(rows, pk=pk)
    if not user.may(action, kind):
        raise PermissionDenied
    return found


def permits(rows: "QuerySet[Found]", user: Administrator, pk: int, action: Action) -> bool:
    within: Any = rows
    return action == Action.VIEW or bool(within.in_reach_of(user, action).filter(pk=pk).exists())


def needed(request: HttpRequest, action: Action) -> Action:
    """What a page that shows and changes asks for: looking is enough until something is sent."""
    return action if request.method == "POST" else Action.VIEW


def demand(request: HttpRequest, action: Action, kind: ObjectType) -> Administrator:
    """The signed-in administrator, who may do this to some object of the type at least."""
    user = administrator(request)
    if not user.may(action, kind):
        raise PermissionDenied
    return user
