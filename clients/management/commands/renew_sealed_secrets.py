"""After a change of SECRET_KEY: what is encrypted under a former key is encrypted under the present one."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.db import transaction

from lms_oauth import sealing


class Command(BaseCommand):
    help = "Encrypt stored secrets under the present SECRET_KEY, so that SECRET_KEY_FALLBACKS can lose the former ones."

    def handle(self, **_options: Any) -> None:
        try:
            with transaction.atomic():
                counts = sealing.renew_all()
        except sealing.Unsealable:
            raise CommandError(
                "A stored secret opens with none of the keys. Put the former SECRET_KEY into SECRET_KEY_FALLBACKS and "
                "run this again. Nothing was changed."
            ) from None
        for name, count in counts.items():
            self.stdout.write(f"{name}: {count}")
