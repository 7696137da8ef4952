"""Log lines as JSON: what collectors read."""

import json
import logging
import sys
from datetime import datetime

from lms_oauth.logs import JsonFormatter, RequestIdFilter, current_request_id


def formatted(record):
    RequestIdFilter().filter(record)
    line = JsonFormatter().format(record)
    assert "\n" not in line
    return json.loads(line)


def test_a_line_is_one_object():
    token = current_request_id.set("0123456789abcdef")
    record = logging.LogRecord("lms_oauth.api", logging.WARNING, "file", 1, "refused: %s\nÄ", ("x",), None)
    facts = formatted(record)
    current_request_id.reset(token)
    assert datetime.fromisoformat(facts.pop("time")).utcoffset().total_seconds() == 0
    assert facts == {
        "level": "WARNING",
        "logger": "lms_oauth.api",
        "request_id": "0123456789abcdef",
        "message": "refused: x\nÄ",
    }


def test_an_exception_comes_with_its_trace():
    try:
        {}["gone"]
    except KeyError:
        record = logging.LogRecord("x", logging.ERROR, "file", 1, "unhandled error", (), sys.exc_info())
    facts = formatted(record)
    assert facts["exception"].startswith("Traceback")
    assert facts["exception"].endswith("KeyError: 'gone'\n")
