"""Adds a SCIM configuration."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management import BaseCommand, CommandError

from clients.audit import Origin
from scim.actions import SlugTaken, create_configuration
from scim.models import ScimConfiguration
from scim.tolerances import PRESETS, Preset


class Command(BaseCommand):
    help = "Add a SCIM configuration and print its slug, which manage.py create_client --scim-configuration takes."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("--name", help="default: the slug")
        parser.add_argument(
            "--preset", choices=list(Preset), default=Preset.ENTRA_ID.value, help="which identity provider it is for"
        )

    def handle(self, *, slug: str, name: str | None, preset: str, **_options: Any) -> None:
        values = {"slug": slug, "name": name or slug, "flags": PRESETS[Preset(preset)].flags()}
        try:
            ScimConfiguration(**values).clean_fields(exclude=["created_by", "updated_by"])
            configuration = create_configuration(values=values, by=Origin.command("create_scim_configuration"))
        except ValidationError as error:
            problems = (f"{field}: {' '.join(texts)}" for field, texts in error.message_dict.items())
            raise CommandError(" ".join(problems)) from None
        except SlugTaken:
            raise CommandError(f"The slug {slug!r} is taken or reserved. Choose another one.") from None
        self.stdout.write(configuration.slug)
