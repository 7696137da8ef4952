"""Runs inside an installation's environment and does to it what it is told, each time in a process of its own.

One JSON object a line on standard input, one on standard output. A process that is forked from one that has loaded
everything starts in no time, and can be killed like any other.
"""
# ruff: noqa: PLC0415 - models are there after django.setup()

import io
import json
import os
import signal
import sys
from contextlib import redirect_stdout, suppress
from datetime import timedelta

import django


def main():
    django.setup()
    from django.urls import get_resolver

    get_resolver().url_patterns  # noqa: B018 - loads the views
    told = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reading)
            _answer(writing, json.loads(line))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            answer = pipe.read()
        _pid, status = os.waitpid(child, 0)
        told.write((answer or json.dumps({"killed": os.WTERMSIG(status)})) + "\n")
        told.flush()


def _answer(writing, order):
    try:
        result = {"done": ORDERS[order.pop("order")](**order)}
    except BaseException as error:  # noqa: BLE001 - told to the test
        result = {"failed": f"{type(error).__name__}: {error}"}
    with os.fdopen(writing, "w") as pipe:
        json.dump(result, pipe)
    os._exit(0)


def command(name, arguments=(), days=0):
    """What a command printed; ``days``: so far ahead is the clock of this machine."""
    from django.core.management import call_command
    from django.utils import timezone

    if days:
        now = timezone.now
        timezone.now = lambda: now() + timedelta(days=days)
    out = io.StringIO()
    with redirect_stdout(out):
        call_command(name, *arguments, stdout=out)
    return out.getvalue()


def sync(page=50, kill_at=0, patience=0.0, days=0, full=False):
    """Runs ``sync_shared_events`` with pages of so few items. ``kill_at``: the step at which this process is killed."""
    from django.core.management import CommandError

    from shared_events.models import Peer
    from shared_events.peers import engine, transport

    engine.FULL_PAGE = page
    if patience:
        transport._READ_SECONDS = patience
    Peer.objects.update(page_limit=page)
    steps = _Steps(kill_at)
    with suppress(CommandError):
        command("sync_shared_events", ("--full",) if full else (), days)
    state = Peer.objects.values("state", "problem", "failures", "in_full_pass", "epoch").get()
    return {**state, "steps": steps.count}


class _Steps:
    """Numbers every statement to the database, both sides of every commit, and both sides of every call."""

    def __init__(self, kill_at):
        from django.db import connection

        from shared_events.peers.transport import Transport

        self.kill_at, self.count = kill_at, 0
        connection.ensure_connection()
        connection.execute_wrappers.append(self._statement)
        connection._commit = self._around(connection._commit)
        Transport.call = self._around(Transport.call)

    def step(self):
        self.count += 1
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def _statement(self, execute, sql, params, many, context):
        self.step()
        return execute(sql, params, many, context)

    def _around(self, function):
        def around(*args, **kwargs):
            self.step()
            result = function(*args, **kwargs)
            self.step()
            return result

        return around


def lapse():
    """A minute passes: nobody renews the lease of a process that was killed."""
    from shared_events.models import Peer

    return Peer.objects.exclude(lease_until=None).update(lease_until=None)


def hold():
    """No time passes at all for whoever holds a lease."""
    from shared_events.models import Peer

    return Peer.objects.exclude(lease_until=None).update(lease_until="2100-01-01T00:00:00Z")


def create(titles):
    from shared_events import actions
    from tests.builders import BY
    from tests.shared_events.builders import values

    for title in titles:
        actions.create_event(values=values(title=title), by=BY)


def change(changes):
    """``changes``: title to new values, "cancel" or "delete"."""
    from shared_events import actions
    from shared_events.models import Event
    from tests.builders import BY

    for title, change in changes.items():
        event = Event.objects.get(title=title)
        if change == "cancel":
            actions.cancel_event(event, by=BY)
        elif change == "delete":
            event.delete()
        else:
            actions.update_event(event, values=change, by=BY)


def limit(client_id, label, titles):
    """The client is given only what bears the label, which the events of these titles bear. Without label: all."""
    from shared_events import actions
    from shared_events.models import ClientSharing, Event, ShareLabel
    from tests.builders import BY

    sharing = ClientSharing.objects.get(client__client_id=client_id)
    sharing.all_events = label is None
    sharing.save()
    if label is None:
        return
    made, _new = ShareLabel.objects.get_or_create(name=label, parent=None)
    for event in Event.objects.all():
        wanted = [made] if event.title in titles else []
        actions.update_event(event, values={}, share_labels=wanted, by=BY)
    sharing.share_labels.set([made])


def shown(labels=None):
    """Hashes of what a client may see at this host."""
    from shared_events.models import EventDoc, Instance
    from shared_events.models.share_label import ShareLabel, expanded
    from shared_events.visibility import visible

    instance = Instance.current()
    chosen = (
        None
        if labels is None
        else expanded(set(ShareLabel.objects.filter(name__in=labels).values_list("pk", flat=True)))
    )
    events = visible(chosen, instance.kept_since(instance.read_at))
    return {str(doc.uid): doc.hash for doc in EventDoc.objects.filter(event__in=events)}


def mirrored():
    """Hashes of the copies, of their text as it is stored."""
    from shared_events.canonical import digest
    from shared_events.models import MirrorEvent

    rows = MirrorEvent.objects.filter(removed_at=None)
    return {str(row.uid): digest(row.document) for row in rows}


def facts():
    from shared_events.models import Event, Instance, MirrorEvent, Quarantine

    instance = Instance.current()
    return {
        "events": Event.objects.count(),
        "copies": MirrorEvent.objects.count(),
        "epoch": instance.epoch,
        "floor": instance.floor,
        "quarantined": Quarantine.objects.count(),
    }


ORDERS = {
    order.__name__: order for order in (command, sync, lapse, hold, create, change, limit, shown, mirrored, facts)
}

if __name__ == "__main__":
    main()
