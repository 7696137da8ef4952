"""Add a peer, its page, and the actions on it."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from clients.administration import Action, ObjectType
from clients.audit import Origin
from clients.models import LmsSettings
from clients.pages.account_again import ask, fresh, recent
from clients.pages.frame import Step, administrator, sent, show
from clients.pages.reach import demand, find, needed, permits
from clients.pages.sentences import told
from shared_events.models import Peer
from shared_events.pages.peer_form import PeerForm
from shared_events.peers import actions, retrying
from shared_events.peers.engine import sync_peer
from shared_events.peers.failing import FAILURES, Stop, stop_for
from shared_events.peers.hosts import host_of
from shared_events.peers.passes import held_back
from shared_events.peers.retrying import retriable
from shared_events.peers.status import of_peer

_AT_ONCE = timedelta(seconds=20)  # a page that reads longer leaves the rest to the service
_RUNS, _CASES = 10, 50


def above(peer: Peer | None = None) -> list[Step]:
    steps = [Step(_("Shared-event peers"), reverse("peers"))]
    return [*steps, Step(peer.name, peer.get_absolute_url())] if peer else steps


@fresh
@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    user = demand(request, Action.ADD, ObjectType.PEER)
    form = PeerForm(sent(request), user=user)
    if not form.is_valid():
        return show(request, "shared_events/peer_add.html", title=_("Add peer"), above=above(), form=form)
    secret, by = form.cleaned_data["secret"], Origin.of(request)
    peer = actions.add_peer(values=form.values, secret=secret, labels=form.chosen_labels, by=by)
    messages.success(request, _("Peer added. Next: test the connection."))
    return redirect(peer)


@sensitive_post_parameters("secret")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    user = administrator(request)
    rows = Peer.objects.select_related("created_by", "updated_by")
    peer = find(rows, user, pk, needed(request, Action.EDIT))
    if request.POST.get("secret") and not recent(request):
        messages.warning(request, _("Say who you are, then enter the new secret again."))
        return ask(request)
    form = PeerForm(sent(request), user=user, peer=peer)
    if not permits(rows, user, pk, Action.EDIT):
        form.only_show()
    if form.is_valid():
        secret, by = form.cleaned_data["secret"], Origin.of(request)
        actions.change_peer(peer, values=form.values, secret=secret, labels=form.chosen_labels, by=by)
        messages.success(request, _("Changes saved."))
        return redirect(peer)
    return show(
        request,
        "shared_events/peer.html",
        title=peer.name,
        above=above(),
        form=form,
        peer=peer,
        facts=of_peer(peer, timezone.now()),
        held_back=held_back(peer).count(),
        runs=peer.runs.all()[:_RUNS],
        cases=[(case, retriable(case)) for case in peer.quarantine.all()[:_CASES]],
        sharing=LmsSettings.current().shared_events_enabled,
    )


@require_POST
def act(request: HttpRequest, pk: int, action: str) -> HttpResponse:
    """One of the buttons of the page; what came of it is told there."""
    peer = find(Peer.objects.all(), administrator(request), pk, Action.EDIT)
    if action not in _ACTIONS:
        raise Http404
    return _ACTIONS[action](request, peer)


@require_POST
def discard(request: HttpRequest, pk: int, case: int) -> HttpResponse:
    peer = find(Peer.objects.all(), administrator(request), pk, Action.EDIT)
    actions.discard(get_object_or_404(peer.quarantine, pk=case), by=Origin.of(request))
    messages.success(request, _("Item discarded."))
    return redirect(peer)


@require_POST
def retry(request: HttpRequest, pk: int, case: int) -> HttpResponse:
    peer = find(Peer.objects.all(), administrator(request), pk, Action.EDIT)
    item = get_object_or_404(peer.quarantine, pk=case)
    if not retriable(item):
        raise Http404
    try:
        retrying.retry(item, by=Origin.of(request))
    except retrying.NotRetried as error:
        messages.error(request, told(str(error)))
    except FAILURES as error:
        messages.error(request, told(stop_for(error).problem))
    except Stop as stop:
        messages.error(request, told(stop.problem))
    else:
        messages.success(request, _("Taken over."))
    return redirect(peer)


def _test(request: HttpRequest, peer: Peer) -> HttpResponse:
    try:
        about = host_of(peer).discover()
    except FAILURES as error:
        messages.error(request, told(stop_for(error).problem))
    except Stop as stop:
        messages.error(request, told(stop.problem))
    else:
        may = _("This LMS may read its events.") if about.may_read else _("It does not let this LMS read its events.")
        messages.success(request, _("%(name)s answers.") % {"name": about.name or peer.base_url} + f" {may}")
    return redirect(peer)


def _sync(request: HttpRequest, peer: Peer, *, full: bool = False) -> HttpResponse:
    if not LmsSettings.objects.filter(pk=1, shared_events_enabled=True).exists():
        messages.error(request, _("Shared events are off for this LMS."))
        return redirect(peer)
    ends = timezone.now() + _AT_ONCE
    run = sync_peer(peer.pk, full=full, stopped=lambda: timezone.now() > ends)
    if run is None:
        messages.info(request, _("A synchronization is under way already."))
    elif run.problem:
        messages.error(request, told(run.problem))
    else:
        messages.success(request, _told(run.applied, run.removed))
    return redirect(peer)


def _told(applied: int, removed: int) -> str:
    taken = ngettext("%(n)s event taken over", "%(n)s events taken over", applied) % {"n": applied}
    gone = ngettext("%(n)s removed", "%(n)s removed", removed) % {"n": removed}
    return _("Synchronized: %(taken)s, %(gone)s.") % {"taken": taken, "gone": gone}


def _full(request: HttpRequest, peer: Peer) -> HttpResponse:
    return _sync(request, peer, full=True)


def _pause(request: HttpRequest, peer: Peer) -> HttpResponse:
    actions.set_enabled(peer, enabled=False, by=Origin.of(request))
    messages.success(request, _("Paused. What was mirrored stays as it is."))
    return redirect(peer)


def _resume(request: HttpRequest, peer: Peer) -> HttpResponse:
    actions.set_enabled(peer, enabled=True, by=Origin.of(request))
    messages.success(request, _("Resumed."))
    return redirect(peer)


def _confirm(request: HttpRequest, peer: Peer) -> HttpResponse:
    count = actions.confirm_removals(peer, by=Origin.of(request))
    messages.success(request, ngettext("%(n)s event removed.", "%(n)s events removed.", count) % {"n": count})
    return redirect(peer)


_ACTIONS: dict[str, Callable[[HttpRequest, Peer], HttpResponse]] = {
    "test": _test,
    "sync": _sync,
    "full-sync": _full,
    "pause": _pause,
    "resume": _resume,
    "confirm-removals": _confirm,
}
