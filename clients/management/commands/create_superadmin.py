"""Adds an administrator who may do everything."""

import secrets
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.views.decorators.debug import sensitive_variables

from clients.administrators import create_administrator, superadmin_exists
from clients.audit import Origin


class Command(BaseCommand):
    help = (
        "Add an administrator who may do everything. Without --password-file a one-time password is made and printed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--username", required=True)
        parser.add_argument(
            "--password-file", metavar="FILE", help="file that holds the password; - reads it from input"
        )
        parser.add_argument("--unless-any", action="store_true", help="do nothing where there is a superadmin already")

    @sensitive_variables()
    def handle(self, *, username: str, password_file: str | None, unless_any: bool, **options: Any) -> None:
        if unless_any and superadmin_exists():
            return
        password = _read(password_file) if password_file else secrets.token_urlsafe(15)
        one_time, by = not password_file, Origin.command("create_superadmin")
        try:
            create_administrator(username, password, superadmin=True, one_time=one_time, by=by)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        if password_file:
            self.stdout.write(f"Superadmin {username} added.")
        else:
            self.stdout.write(f"Superadmin {username} added. One-time password: {password}")


def _read(file: str) -> str:
    """The first line of ``file``, or of standard input."""
    try:
        text = sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandError(f"Cannot read {file}: {error.strerror}.") from None
    except UnicodeDecodeError:
        raise CommandError(f"{file} is not UTF-8 text.") from None
    lines = text.splitlines()
    if not lines or not lines[0]:
        raise CommandError(f"{file} holds no password.")
    return lines[0]
