"""Found by Django under this name."""

import select

from django.db.backends.postgresql import base


class DatabaseWrapper(base.DatabaseWrapper):
    """Asks a kept connection whether it lives only where something waits to be read: the server's farewell, or the end.

    That spares each request a query. What vanished without a word lasts no longer than CONN_MAX_AGE.
    """

    def close_if_health_check_failed(self) -> None:
        if self.connection is not None and not self.connection.closed and not self._has_news():
            self.health_check_done = True
        super().close_if_health_check_failed()

    def _has_news(self) -> bool:
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLIN)
        return bool(poll.poll(0))
