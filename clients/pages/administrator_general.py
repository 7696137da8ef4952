"""The General tab of an administrator."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clients.administrators import LastSuperadmin, update_administrator
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.administrator_form import LAST, GeneralForm
from clients.pages.administrator_tabs import above, found, may_change, tabs
from clients.pages.frame import sent, show
from clients.second_factors import factors


@require_http_methods(["GET", "HEAD", "POST"])
def general(request: HttpRequest, pk: int) -> HttpResponse:
    user, person = found(request, pk)
    form = GeneralForm(sent(request), person=person, user=user)
    if not may_change(user, person):
        form.only_show()
    if form.is_valid() and _saved(request, person, form):
        messages.success(request, _("Changes saved."))
        return redirect(person)
    return show(
        request,
        "clients/administrator_general.html",
        title=str(person),
        above=above(),
        form=form,
        person=person,
        tabs=tabs(person, "administrator"),
        second_factors=person.pk != user.pk and user.rights.everything and factors(person).exists(),
    )


def _saved(request: HttpRequest, person: Administrator, form: GeneralForm) -> bool:
    try:
        update_administrator(person, values=form.values, by=Origin.of(request))
    except LastSuperadmin:
        form.add_error(None, LAST)
        return False
    return True
