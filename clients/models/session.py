"""Sessions of administrators, with what their owner knows them by. Written by clients.session_store only."""

import uuid

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from clients.models.administrator import Administrator
from clients.session_store import SessionStore


class AdministratorSession(AbstractBaseSession):
    """``name`` is what pages call it by: the key opens it and is told to nobody."""

    name = models.UUIDField(default=uuid.uuid4, editable=False)  # two rows share it while the key is replaced
    administrator = models.ForeignKey(Administrator, models.CASCADE, null=True, related_name="sessions")
    address = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=300, blank=True)
    last_seen = models.DateTimeField(null=True)

    @classmethod
    def get_session_store_class(cls) -> type[SessionStore]:
        return SessionStore
