"""Shows or changes one of the LMS-wide settings."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError
from django.db.models import BooleanField, Field

from clients.audit import Origin
from clients.lms_settings import CHANGEABLE, change_settings
from clients.models import LmsSettings

_FLAGS = {"on": True, "off": False}


class Command(BaseCommand):
    help = "Show a setting, or change it. On and off are written so; text may be empty ('')."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help=", ".join(CHANGEABLE))
        parser.add_argument("value", nargs="?")

    def handle(self, *, name: str, value: str | None, **options: Any) -> None:
        if name not in CHANGEABLE:
            raise CommandError(f"No setting {name!r}. There are: {', '.join(CHANGEABLE)}.")
        if value is not None:
            try:
                change_settings({name: _parse(name, value)}, by=Origin.command("setting"))
            except ValidationError as error:
                raise CommandError(f"{name}: {' '.join(error.messages)}") from None
        stored = getattr(LmsSettings.objects.get(), name)
        self.stdout.write(("on" if stored else "off") if isinstance(stored, bool) else str(stored))


def _parse(name: str, text: str) -> Any:
    field: Field[Any, Any] = LmsSettings._meta.get_field(name)  # type: ignore[assignment]  # noqa: SLF001
    if not isinstance(field, BooleanField):
        return field.to_python(text)
    if text not in _FLAGS:
        raise CommandError(f"{name}: write on or off.")
    return _FLAGS[text]
