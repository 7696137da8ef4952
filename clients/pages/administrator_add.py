"""Menu > System > Administrators > Add. The answer shows a one-time password, once."""

import secrets
from http import HTTPStatus

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods

from clients.administration import Action, ObjectType
from clients.administrators import create_administrator
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.administrator_form import NAME_TAKEN, AddForm
from clients.pages.administrator_tabs import above
from clients.pages.frame import sent, show
from clients.pages.reach import demand
from clients.roles import exceeding


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_variables()
def add(request: HttpRequest) -> HttpResponse:
    user = demand(request, Action.ADD, ObjectType.ADMINISTRATOR)
    form = AddForm(sent(request), user=user)
    password = secrets.token_urlsafe(15)
    if form.is_valid() and _covered(form, user) and (person := _create(request, form, password)):
        return _show_once(request, person, password)
    title = _("Add administrator")
    return show(request, "add.html", title=title, above=above(), form=form)


def _covered(form: AddForm, user: Administrator) -> bool:
    beyond = exceeding(user.rights, form.assigned)
    if beyond:
        form.add_error("roles", _("These allow more than you may: %(names)s.") % {"names": ", ".join(beyond)})
    return not beyond


@sensitive_variables()
def _create(request: HttpRequest, form: AddForm, password: str) -> Administrator | None:
    try:
        return create_administrator(
            form.cleaned_data["username"],
            password,
            superadmin=bool(form.cleaned_data.get("is_superuser")),
            one_time=True,
            values=form.values,
            roles=form.assigned,
            by=Origin.of(request),
        )
    except ValidationError as error:
        fields = error.message_dict
        words = fields["username"][0] if "username" in fields and "unique" not in _codes(error) else NAME_TAKEN
        form.add_error("username", words)
        return None


def _codes(error: ValidationError) -> set[str]:
    return {each.code or "" for errors in error.error_dict.values() for each in errors}


@sensitive_variables()
def _show_once(request: HttpRequest, person: Administrator, password: str) -> HttpResponse:
    response = show(
        request,
        "clients/administrator_added.html",
        title=_("Administrator added"),
        above=above(person),
        status=HTTPStatus.CREATED,
        person=person,
        password=password,
    )
    response["Cache-Control"] = "no-store"
    return response
