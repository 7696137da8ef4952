"""Django's command of this name, which may empty the audit log too."""

from typing import Any

from django.core.management.commands import flush

from clients import audit_lock


class Command(flush.Command):
    def handle(self, **options: Any) -> None:
        with audit_lock.lifted():
            super().handle(**options)
