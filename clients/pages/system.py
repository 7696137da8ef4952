"""Menu > System: what this administrator may manage."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe


@require_safe
def home(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    return redirect("system")


@require_safe
def system(request: HttpRequest) -> HttpResponse:
    return render(request, "system.html", {"title": _("System")})
