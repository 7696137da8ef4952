"""A superadmin helps somebody who lost app and passkeys: the second factors are removed."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.administration import ObjectType
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.account_again import fresh
from clients.pages.administrator_tabs import above
from clients.pages.frame import administrator, show, superadmin
from clients.pages.reach import find_whole
from clients.second_factors import remove_all


@require_http_methods(["GET", "HEAD", "POST"])
def reset(request: HttpRequest, pk: int) -> HttpResponse:
    """What is out of sight stays a 404; who may see it and is no superadmin reads 403."""
    person = find_whole(Administrator.objects.all(), administrator(request), pk, ObjectType.ADMINISTRATOR)
    superadmin(request)
    return _confirmed(request, person)


@fresh
def _confirmed(request: HttpRequest, person: Administrator) -> HttpResponse:
    if request.method == "POST":
        if remove_all(person, by=Origin.of(request)):
            messages.success(request, _("Second factors removed."))
        else:
            messages.success(request, _("There was no second factor."))
        return redirect(person)
    return show(
        request,
        "account/confirm.html",
        title=_("Remove the second factors of %(name)s?") % {"name": person},
        text=_("Authenticator app, passkeys and recovery codes end. Then the password alone opens the account."),
        verb=_("Remove second factors"),
        danger=True,
        cancel=person.get_absolute_url(),
        above=above(person),
        here=_("Remove second factors"),
    )
