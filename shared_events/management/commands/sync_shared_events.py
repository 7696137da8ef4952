"""Reads the feeds of other LMSes into the mirror: once, or as a service."""

import json
import signal
import time
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from clients.audit import Origin
from clients.models import LmsSettings
from shared_events.management.lookups import peer_called
from shared_events.models import Peer, PeerState, SyncRun
from shared_events.peers.actions import confirm_removals
from shared_events.peers.due import sync_due
from shared_events.peers.engine import sync_peer
from shared_events.peers.failing import FAILURES, Stop, stop_for
from shared_events.peers.rehearsing import rehearse

_GOOD = {PeerState.OK, PeerState.NEEDS_CONFIRMATION, ""}
_PAUSE_SECONDS = 1.0


class Command(BaseCommand):
    help = "Synchronize events from peers: those that are due, or one by name. Stops cleanly on SIGTERM."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--peer", metavar="NAME", help="only this one, whether due or not")
        how = parser.add_mutually_exclusive_group()
        how.add_argument("--once", action="store_true", help="every enabled peer once (the default)")
        how.add_argument("--loop", action="store_true", help="go on, each peer at its own interval")
        parser.add_argument("--full", action="store_true", help="read the feed from its start")
        parser.add_argument("--max-seconds", type=int, metavar="N", help="begin no further page after so long")
        parser.add_argument("--confirm-sweep", action="store_true", help="confirm removals that the brake holds")
        parser.add_argument("--dry-run", action="store_true", help="say what would be done, and change nothing here")
        parser.add_argument("--json", action="store_true", help="one JSON object a line and run")

    def handle(self, **options: Any) -> None:
        self._ends = timezone.now() + timedelta(seconds=options["max_seconds"]) if options["max_seconds"] else None
        self._terminated = False
        previous = signal.signal(signal.SIGTERM, self._terminate)
        try:
            self._loop(options) if options["loop"] else self._once(options)
        finally:
            signal.signal(signal.SIGTERM, previous)

    def _terminate(self, *_signal: Any) -> None:
        self._terminated = True

    def _stopped(self) -> bool:
        return self._terminated or (self._ends is not None and timezone.now() >= self._ends)

    def _once(self, options: dict[str, Any]) -> None:
        _require_switch()
        if options["dry_run"]:
            self._rehearse(options)
            return
        failed = []
        for peer in _chosen(options["peer"]):
            if options["confirm_sweep"]:
                confirm_removals(peer, by=Origin.command("sync_shared_events"))
            run = sync_peer(peer.pk, full=options["full"], stopped=self._stopped)
            self._tell(peer, run, as_json=options["json"])
            if run is not None and run.outcome not in _GOOD and run.problem:
                failed.append(peer.name)
        if failed:
            raise CommandError(f"Not synchronized: {', '.join(failed)}.")

    def _rehearse(self, options: dict[str, Any]) -> None:
        for peer in _chosen(options["peer"]):
            try:
                found = rehearse(peer, full=options["full"])
            except FAILURES as error:
                raise CommandError(f"{peer.name}: {stop_for(error).problem}") from None
            except Stop as stop:
                raise CommandError(f"{peer.name}: {stop.problem}") from None
            self._write({"peer": peer.name, "outcome": "dry run", **asdict(found)}, as_json=options["json"])

    def _loop(self, options: dict[str, Any]) -> None:
        while not self._stopped():
            for peer, run in sync_due(stopped=self._stopped, only=options["peer"]):
                self._tell(peer, run, as_json=options["json"])
            if not self._stopped():
                time.sleep(_PAUSE_SECONDS)

    def _tell(self, peer: Peer, run: SyncRun | None, *, as_json: bool) -> None:
        if run is None:
            facts: dict[str, Any] = {"peer": peer.name, "outcome": "busy"}
        else:
            counts = ("pages", "items", "applied", "removed", "quarantined", "bytes")
            facts = {"peer": peer.name, "outcome": str(run.outcome), "full": run.full, "problem": run.problem}
            facts |= {name: getattr(run, name) for name in counts}
        self._write(facts, as_json=as_json)

    def _write(self, facts: dict[str, Any], *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(json.dumps(facts))
        else:
            self.stdout.write(", ".join(f"{name} {value}" for name, value in facts.items() if value not in {"", False}))


def _require_switch() -> None:
    if not LmsSettings.objects.filter(pk=1, shared_events_enabled=True).exists():
        raise CommandError("Shared events are off for this LMS: manage.py setting shared_events_enabled on")


def _chosen(name: str | None) -> list[Peer]:
    return list(Peer.objects.filter(enabled=True)) if name is None else [peer_called(name)]
