"""Log lines as JSON: what collectors read."""

import json
import logging
import sys
from datetime import datetime

from clients.rights import Service
from lms_oauth.logs import JsonFormatter, RequestIdFilter, current_request_id
from tests.access_cases import make_client_for


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


def test_the_client_is_named_once_it_is_known(client, db, caplog):
    made = make_client_for(Service.XAPI)
    caplog.handler.addFilter(RequestIdFilter())
    form = f"grant_type=client_credentials&client_id={made.client_id}&client_secret={made.secret}"
    client.post("/oauth2/token", form, "application/x-www-form-urlencoded")
    issued = next(record for record in caplog.records if "access token issued" in record.getMessage())
    assert json.loads(JsonFormatter().format(issued))["client_id"] == made.client_id
    client.post("/oauth2/token", "grant_type=password", "application/x-www-form-urlencoded")
    refused = [record for record in caplog.records if "refused" in record.getMessage()][-1]
    assert "client_id" not in json.loads(JsonFormatter().format(refused))
