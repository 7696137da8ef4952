"""Invented learners, provisioned as a directory would. Called by load_demo."""

from collections.abc import Iterator
from itertools import product
from typing import Any

from django.core.management import BaseCommand
from django.db import transaction

from clients.audit import Origin
from clients.management import lookups
from scim.actions import create_configuration
from scim.mapping import ENTERPRISE
from scim.models import ScimConfiguration, ScimLink
from scim.protocol.exchange import shape_of
from scim.protocol.provider import published
from scim.provisioning import Provisioner
from scim.wanted import Wanted

BY = Origin.command("load_demo")
SLUG, LABEL = "demo", "Demo group"
GIVEN = ("Aino", "Björn", "Chidi", "Dolores", "Eetu", "Fatima")
FAMILY = ("Esimerkki", "Exempel", "Muster", "Sample", "Ejemplo", "Példa")
DEPARTMENTS = ("Warehouse", "Shops", "Head office")
BLOCKED = 3  # have left


class Command(BaseCommand):
    help = "Add an invented SCIM configuration with a few dozen learners, where it does not exist yet."

    @transaction.atomic
    def handle(self, **options: Any) -> None:
        if ScimConfiguration.objects.filter(slug=SLUG).exists():
            return
        values = {"slug": SLUG, "name": "Demo directory", "short_description": "Invented learners of the Demo Group"}
        configuration = create_configuration(values=values, labels=lookups.labels([LABEL]), by=BY)
        provisioner = Provisioner(configuration, BY, published(shape_of(configuration)).case_exact)
        links = [provisioner.create(Wanted.of(resource)) for resource in _resources()]
        for link in links[:BLOCKED]:
            provisioner.change(link, Wanted(link.data, link.external_id, active=False))
        self.stdout.write(f"{ScimLink.objects.filter(configuration=configuration).count()} invented learners added.")


def _resources() -> Iterator[dict[str, Any]]:
    """RFC 7643 §4.1, as an identity provider sends them."""
    for number, (family, given) in enumerate(product(FAMILY, GIVEN), start=1):
        address = f"demo{number:02}@example.org"
        yield {
            "userName": address,
            "externalId": f"demo-{number:02}",
            "name": {"givenName": given, "familyName": family},
            "displayName": f"{given} {family}",
            "emails": [{"value": address, "type": "work", "primary": True}],
            "preferredLanguage": "en",
            ENTERPRISE: {"department": DEPARTMENTS[number % len(DEPARTMENTS)], "organization": "Demo Group"},
        }
