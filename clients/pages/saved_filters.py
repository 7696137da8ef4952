"""Searches of a list that an administrator keeps under a name, for himself."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from clients.models import Administrator, SavedFilter
from clients.pages.forms import Form, TextField
from clients.pages.frame import Step, administrator, sent, show
from clients.pages.text import Text

LISTS: dict[str, Text] = {"oauth-clients": gettext_lazy("OAuth clients")}
_MOST = 20


class SaveForm(Form):
    name = TextField(
        gettext_lazy("Name"),
        limit=60,
        ask=gettext_lazy("Enter a name for the filter."),
        help_text=gettext_lazy("It keeps search, filters, order, rows and hidden columns. Only you see it."),
    )
    page = forms.ChoiceField(choices=[*LISTS.items()], widget=forms.HiddenInput)
    query = forms.CharField(max_length=1000, required=False, widget=forms.HiddenInput)

    def __init__(self, data: Mapping[str, Any] | None, *, user: Administrator, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.kept = user.saved_filters

    def clean_query(self) -> str:
        return _lasting(QueryDict(self.cleaned_data["query"]))

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = self.cleaned_data
        others = self.kept.exclude(page=cleaned.get("page", ""), name=cleaned.get("name", ""))
        if others.count() >= _MOST:
            self.add_error("name", _("You have %(count)s saved filters. Remove one first.") % {"count": _MOST})
        return cleaned


def saved_filters(request: HttpRequest, page: str) -> dict[str, Any]:
    """For the template of a list: what is kept of it, and where to keep what the address asks for now, if anything."""
    asked = _lasting(request.GET)
    save_url = f"{reverse('saved-filter-add')}?{urlencode({'page': page, 'query': asked})}" if asked else ""
    return {"kept": list(administrator(request).saved_filters.filter(page=page)), "save_url": save_url}


def _lasting(query: QueryDict) -> str:
    """Without the number of the page, and without what was left empty."""
    kept = QueryDict(mutable=True)
    for name, values in query.lists():
        if name != "page" and any(values):
            kept.setlist(name, values)
    return kept.urlencode()


@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest) -> HttpResponse:
    """The same name again stands for the new search."""
    user = administrator(request)
    form = SaveForm(sent(request), user=user, initial=request.GET.dict())
    if form.is_valid():
        which = {"page": form.cleaned_data["page"], "name": form.cleaned_data["name"]}
        kept, _made = user.saved_filters.update_or_create(**which, defaults={"query": form.cleaned_data["query"]})
        messages.success(request, _("Filter saved."))
        return redirect(kept)
    cancel = reverse("oauth-clients")
    return show(request, "account/saved_filter.html", title=_("Save filter"), form=form, above=_above(), cancel=cancel)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, pk: int) -> HttpResponse:
    kept: SavedFilter = get_object_or_404(administrator(request).saved_filters, pk=pk)
    if request.method == "POST":
        kept.delete()
        messages.success(request, _("Filter removed."))
        return redirect(kept.page)
    return show(
        request,
        "account/confirm.html",
        title=_("Remove the filter “%(name)s”?") % {"name": kept.name},
        above=_above(),
        here=_("Remove"),
        text=_("Only the name goes: it can be saved again."),
        verb=_("Remove"),
        cancel=reverse(kept.page),
        danger=True,
    )


def _above() -> list[Step]:
    return [Step(words, reverse(name)) for name, words in LISTS.items()]
