"""Stands in the way of the library's command of this name, which makes clients we do not have."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

_INSTEAD = "manage.py create_client NAME makes a client; createapplication is not used here."


class Command(BaseCommand):
    help = "Not used here: see create_client."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.usage = _INSTEAD  # options of the library's command end in a usage error, which shows this
        parser.add_argument("arguments", nargs="*")

    def handle(self, *args: Any, **options: Any) -> None:
        raise CommandError(_INSTEAD)
