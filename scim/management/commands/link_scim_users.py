"""Shows a directory the users the LMS already has."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from clients.audit import Origin
from scim.linking import link_existing
from scim.models import ScimConfiguration
from scim.models.configuration import Existing


class Command(BaseCommand):
    help = "Link the users in scope whom no directory keeps yet to a configuration that shows existing users."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug")

    def handle(self, *, slug: str, **_options: Any) -> None:
        configuration = ScimConfiguration.objects.filter(slug=slug).first()
        if configuration is None:
            raise CommandError(f"There is no SCIM configuration {slug!r}.")
        if configuration.existing_users != Existing.VISIBLE:
            raise CommandError(
                "This configuration does not show existing users. Change that on its Matching tab first."
            )
        self.stdout.write(f"{link_existing(configuration, by=Origin.command('link_scim_users'))} users linked.")
