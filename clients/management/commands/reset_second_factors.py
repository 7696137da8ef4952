"""For whoever lost authenticator app, passkeys and recovery codes, where no superadmin can help on the pages."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand

from clients.audit import Origin
from clients.management import lookups
from clients.second_factors import remove_all


class Command(BaseCommand):
    help = (
        "Remove an administrator's authenticator app, passkeys and recovery codes: the password alone is enough then."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("username")

    def handle(self, *, username: str, **options: Any) -> None:
        person = lookups.administrator(username)
        if remove_all(person, by=Origin.command("reset_second_factors")):
            self.stdout.write(f"Second factors of {person.username} removed.")
        else:
            self.stdout.write(f"{person.username} had none.")
