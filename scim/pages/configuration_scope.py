"""The Scope tab: a rule that says which users a configuration sees, and who they are before it is saved."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import Administrator
from clients.pages.forms import Form, TextField
from clients.pages.frame import administrator, sent, show
from clients.pages.reach import needed
from clients.pages.sentences import told
from scim.actions import update_configuration
from scim.models import LmsUser, ScimConfiguration
from scim.pages.configuration_general import may_edit, reachable
from scim.pages.configuration_tabs import above, tabs
from scim.pages.users import in_reach_of
from scim.scope import FIELDS, UnfitRule, checked, compiled

ROWS, SHOWN = 5, 20
_OPERATORS = [("equals", _("is")), ("in", _("is one of")), ("starts", _("starts with")), ("empty", _("is empty"))]


def _choices() -> list[tuple[str, Any]]:
    names = [(name, LmsUser._meta.get_field(name).verbose_name) for name in FIELDS]  # type: ignore[union-attr]  # noqa: SLF001
    return [("", _("Not used")), *names]


class ScopeForm(Form):
    """Up to ROWS comparisons that all hold, or any of them. Deeper rules, which only the API of actions sets, stay."""

    joined = forms.ChoiceField(
        label=_("A user is seen when"),
        choices=[("all", _("all of these hold")), ("any", _("any of these holds"))],
    )
    stamp = forms.BooleanField(
        label=_("Give these values to users the directory creates"),
        required=False,
        help_text=_("For comparisons with “is”, where all must hold. The directory cannot set these fields then."),
    )

    def __init__(self, data: Mapping[str, Any] | None, configuration: ScimConfiguration) -> None:
        joined, terms = _flat(configuration.scope_rule) or ("all", [])
        super().__init__(data, initial={"joined": joined, "stamp": bool(configuration.stamps)})
        self.other_stamps = {name: text for name, text in configuration.stamps.items() if "{" in text}
        for number in range(ROWS):
            self._add(number, terms[number] if number < len(terms) else {})

    def _add(self, number: int, term: Mapping[str, Any]) -> None:
        negated, term = ("not" in term, term.get("not", term))
        value = term.get("value", "")
        place = {"n": number + 1}
        self.fields[f"field-{number}"] = forms.ChoiceField(
            label=_("Field %(n)s") % place, choices=_choices(), required=False, initial=term.get("field", "")
        )
        self.fields[f"not-{number}"] = forms.BooleanField(
            label=_("Not, in row %(n)s") % place, required=False, initial=negated
        )
        self.fields[f"op-{number}"] = forms.ChoiceField(
            label=_("Comparison %(n)s") % place, choices=_OPERATORS, required=False, initial=term.get("op", "equals")
        )
        self.fields[f"value-{number}"] = TextField(
            _("Value %(n)s") % place,
            limit=1000,
            initial=", ".join(value) if isinstance(value, list) else value,
        )
        for kind in ("field", "op", "value", "not"):
            field = self.fields[f"{kind}-{number}"]
            field.widget.attrs["aria-label"] = field.label
            if kind != "not":
                field.widget.attrs["class"] = "input"

    def lines(self) -> list[list[forms.BoundField]]:
        return [[self[f"{kind}-{number}"] for kind in ("field", "not", "op", "value")] for number in range(ROWS)]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        terms = [_term(cleaned, number) for number in range(ROWS) if cleaned.get(f"field-{number}")]
        rule: dict[str, Any] = {}
        if terms:
            rule = terms[0] if len(terms) == 1 else {cleaned.get("joined", "all"): terms}
        try:
            checked(rule)
        except UnfitRule as error:
            raise forms.ValidationError(told(str(error))) from error
        return cleaned | {"rule": rule}

    @property
    def values(self) -> dict[str, Any]:
        rule = self.cleaned_data["rule"]
        terms = rule.get("all", [rule] if "field" in rule else [])
        equal = {term["field"]: term["value"] for term in terms if term.get("op") == "equals"}
        stamps = {name: text for name, text in equal.items() if name not in ("user_name", "email", "employee_id")}
        return {"scope_rule": rule, "stamps": self.other_stamps | (stamps if self.cleaned_data["stamp"] else {})}


@require_http_methods(["GET", "HEAD", "POST"])
def scope(request: HttpRequest, pk: int) -> HttpResponse:
    user = administrator(request)
    configuration = reachable(user, needed(request, Action.EDIT), pk)
    form = ScopeForm(sent(request), configuration)
    if not may_edit(user, pk):
        form.only_show()
    preview = request.POST.get("action") == "preview"
    if form.is_valid() and not preview:
        update_configuration(configuration, values=form.values, by=Origin.of(request))
        messages.success(request, _now("Changes saved."))
        return redirect("scim-configuration-scope", pk)
    rule = form.cleaned_data["rule"] if form.is_bound and form.is_valid() else configuration.scope_rule
    return show(
        request,
        "scim/configuration_scope.html",
        title=configuration.name,
        above=above(),
        configuration=configuration,
        form=form,
        deeper=_flat(configuration.scope_rule) is None,
        preview=preview,
        tabs=tabs(request, configuration, "scim-configuration-scope"),
        **_matching(user, configuration, rule),
    )


def _matching(viewer: Administrator, configuration: ScimConfiguration, rule: Mapping[str, Any]) -> dict[str, Any]:
    """Who ``rule`` finds, who enters and who leaves by it. Names only for those who may look at users."""
    before, after = configuration.scope(), compiled(rule)
    users, named = LmsUser.objects.all(), in_reach_of(viewer, Action.VIEW)
    entering = users.filter(after).exclude(before) if configuration.scope_rule else users.none()
    leaving = users.filter(before).exclude(after) if rule else users.none()
    groups = {"found": users.filter(after), "entering": entering, "leaving": leaving}
    return {
        "names_shown": viewer.reach(Action.VIEW, ObjectType.USER) is None,
        **{f"{name}_count": rows.count() for name, rows in groups.items()},
        **{name: (rows & named).order_by("user_name_key")[:SHOWN] for name, rows in groups.items()},
    }


def _term(cleaned: Mapping[str, Any], number: int) -> dict[str, Any]:
    op, text = cleaned.get(f"op-{number}") or "equals", cleaned.get(f"value-{number}", "")
    term: dict[str, Any] = {"field": cleaned[f"field-{number}"], "op": op}
    if op == "in":
        term["value"] = [part.strip() for part in text.split(",") if part.strip()]
    elif op != "empty":
        term["value"] = text
    return {"not": term} if cleaned.get(f"not-{number}") else term


def _flat(rule: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]] | None:
    """How its terms are joined, and they themselves; None where the form cannot show them."""
    joined = next((name for name in ("all", "any") if name in rule), "all")
    terms = rule.get(joined, [rule] if rule else [])
    simple = all("field" in term.get("not", term) for term in terms)
    return (joined, terms) if simple and len(terms) <= ROWS else None
