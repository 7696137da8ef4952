"""Log records carry the id of the request they belong to, and of the client that sent it."""

import json
import logging
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime

current_request_id: ContextVar[str] = ContextVar("request_id", default="-")
current_client_id: ContextVar[str] = ContextVar("client_id", default="")  # of whom the credential proves to be it


class RequestIdFilter(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        """Django reports a refused request after the middleware is through, but hands the request over."""
        request = getattr(record, "request", None)
        record.request_id = getattr(request, "request_id", None) or current_request_id.get()
        record.client_id = current_client_id.get()
        return True


class JsonFormatter(logging.Formatter):
    """One JSON object a line, for collectors: time (RFC 3339, UTC), level, logger, request_id, message; client_id and
    exception where there is one.
    """

    def format(self, record: logging.LogRecord) -> str:
        facts = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "request_id": getattr(record, "request_id", "-"),
            "message": record.getMessage(),
        }
        if client_id := getattr(record, "client_id", ""):
            facts["client_id"] = client_id
        if record.exc_info:
            facts["exception"] = "".join(traceback.format_exception(*record.exc_info))
        return json.dumps(facts, ensure_ascii=False)
