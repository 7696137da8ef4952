"""What every page shares: its name, the steps above it, its tabs, and the status of a refused form."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from clients.models import Administrator
from clients.pages.text import Text


@dataclass(frozen=True, slots=True)
class Step:
    """A page above the current one, on the way from System."""

    label: Text
    url: str


@dataclass(frozen=True, slots=True)
class Tab:
    label: Text
    url: str
    current: bool


def administrator(request: HttpRequest) -> Administrator:
    """Who is signed in. Pages are behind LoginRequiredMiddleware, so somebody is."""
    if not isinstance(request.user, Administrator):
        raise PermissionDenied
    return request.user


def superadmin(request: HttpRequest) -> Administrator:
    user = administrator(request)
    if not user.is_superuser:
        raise PermissionDenied
    return user


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the body of a POST, also an empty one, and nothing otherwise."""
    return request.POST if request.method == "POST" else None


def show(
    request: HttpRequest,
    template: str,
    *,
    title: Text,
    above: Sequence[Step] = (),
    here: Text = "",
    form: BaseForm | None = None,
    status: int = HTTPStatus.OK,
    **context: Any,
) -> HttpResponse:
    """Render a page. ``here`` is its name in the breadcrumb (default: the title). A refused form answers 422."""
    if form is not None and form.is_bound and form.errors:
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    shown = {"title": title, "above": above, "here": here or title, "form": form, **context}
    return render(request, template, shown, status=status)
