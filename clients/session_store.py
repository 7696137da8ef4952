"""Django's sessions in the database, in a table that also says whose they are: no request asks more for that."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.contrib.sessions.base_session import AbstractBaseSession

SEEN = "seen"  # name, address, user agent and time of the last note


class SessionStore(DatabaseStore):
    """A row ends with its login's time, or when it was not seen for so long that nobody seems to be there any more."""

    @classmethod
    def get_model_class(cls) -> type[AbstractBaseSession]:
        from clients.models import AdministratorSession  # noqa: PLC0415 - settings name this module before models exist

        return AdministratorSession

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row: Any = super().create_model_instance(data)
        row.administrator_id = data.get(SESSION_KEY)
        if seen := data.get(SEEN):
            row.name = uuid.UUID(seen["name"])
            row.address, row.user_agent = seen["address"], seen["agent"]
            row.last_seen = datetime.fromtimestamp(seen["at"], UTC)
            if settings.SESSION_IDLE_SECONDS:
                row.expire_date = min(row.expire_date, row.last_seen + timedelta(seconds=settings.SESSION_IDLE_SECONDS))
        return row
