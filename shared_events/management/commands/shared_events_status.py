"""How this LMS's feed and the copies of other LMSes' events stand."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from clients.models import LmsSettings
from shared_events.models import EventDoc, FeedBatch, FeedMark, Instance, Peer
from shared_events.peers.status import of_peer


class Command(BaseCommand):
    help = "Show the state of the feed and of each peer."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        host, peers = _host(), [of_peer(peer, timezone.now()) for peer in Peer.objects.all()]
        if options["json"]:
            self.stdout.write(json.dumps({"host": host, "peers": peers}))
            return
        for facts in [host, *peers]:
            self.stdout.write(", ".join(f"{name} {value}" for name, value in facts.items() if value not in {"", None}))


def _host() -> dict[str, Any]:
    instance = Instance.current()
    return {
        "enabled": LmsSettings.objects.filter(pk=1, shared_events_enabled=True).exists(),
        "origin": instance.origin,
        "epoch": instance.epoch,
        "head": FeedBatch.head(),
        "floor": instance.floor,
        "unnumbered_marks": FeedMark.objects.count(),
        "documents": EventDoc.objects.exclude(event=None).count(),
        "tombstones": EventDoc.objects.filter(event=None).count(),
    }
