"""Writes the rows that filters and sorting read, anew for every live link."""

from typing import Any

from django.core.management import BaseCommand
from django.db import transaction

from scim.models import ScimConfiguration, ScimLink
from scim.protocol.exchange import shape_of
from scim.protocol.provider import published
from scim.storage import index


class Command(BaseCommand):
    help = "Rebuild what SCIM filters and sorting read. Requests are answered meanwhile."

    def handle(self, **_options: Any) -> None:
        count = sum(_rebuild(configuration) for configuration in ScimConfiguration.objects.all())
        self.stdout.write(f"{count} resources indexed.")


def _rebuild(configuration: ScimConfiguration) -> int:
    exact = published(shape_of(configuration)).case_exact
    pks = list(ScimLink.objects.live().filter(configuration=configuration).values_list("pk", flat=True))
    for pk in pks:
        with transaction.atomic():
            link = ScimLink.objects.select_for_update().get(pk=pk)
            index.write(link, exact)
    return len(pks)
