"""For whoever got another account at the organisation's provider, so that the stored one fits no more."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from clients.audit import Origin
from clients.identities import unlink
from clients.management import lookups


class Command(BaseCommand):
    help = "Forget who an administrator is at the OpenID Connect provider: the next login goes by e-mail address again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        person = lookups.administrator(username)
        if unlink(person, by=Origin.command("unlink_oidc")):
            self.stdout.write(f"Identity of {person.username} forgotten.")
        else:
            self.stdout.write(f"{person.username} had none.")
