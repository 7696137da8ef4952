"""Checks that stored documents are what their hashes say, and that a mirror equals its host."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from shared_events.canonical import digest
from shared_events.management.lookups import peer_called
from shared_events.models import EventDoc
from shared_events.peers.auditing import compare
from shared_events.peers.failing import FAILURES, Stop, stop_for


class Command(BaseCommand):
    help = "Check the documents of this LMS, or with --peer compare the mirror with the whole feed. Changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--peer", metavar="NAME")
        parser.add_argument("--json", action="store_true")

    def handle(self, **options: Any) -> None:
        facts = _against_host(options["peer"]) if options["peer"] else _documents()
        shown = json.dumps(facts) if options["json"] else ", ".join(f"{name} {value}" for name, value in facts.items())
        self.stdout.write(shown)
        if facts["different"] or facts.get("missing") or facts.get("extra"):
            raise CommandError("Differences were found.")


def _documents() -> dict[str, Any]:
    docs = EventDoc.objects.values_list("uid", "hash", "fragment").iterator()
    wrong = [str(uid) for uid, checksum, fragment in docs if digest(fragment) != checksum]
    return {"documents": EventDoc.objects.count(), "different": wrong}


def _against_host(name: str) -> dict[str, Any]:
    try:
        found = compare(peer_called(name))
    except FAILURES as error:
        raise CommandError(stop_for(error).problem) from None
    except Stop as stop:
        raise CommandError(stop.problem) from None
    return {"equal": found.equal, "missing": found.missing, "extra": found.extra, "different": found.different}
