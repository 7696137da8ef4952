import json

import pytest

from lms_oauth import errors
from lms_oauth.http import ServerFault
from shared_events import problems

REFUSALS = [
    (errors.InvalidRequest("x"), 400, "malformed", "never"),
    (errors.Unauthenticated("x"), 401, "unauthorized", "refresh-token"),
    (errors.InvalidToken("x"), 401, "unauthorized", "refresh-token"),
    (errors.HttpsRequired("x"), 403, "https-required", "human"),
    (errors.NotFound("x"), 404, "not-found", "never"),
    (errors.MethodNotAllowed(["GET"]), 405, "method-not-allowed", "never"),
    (errors.TooManyRequests("x", retry_after_seconds=7), 429, "rate-limited", "after"),
    (errors.Busy(), 503, "unavailable", "after"),
    (ServerFault("x"), 500, "server-error", "after"),
    (problems.Malformed("x"), 400, "malformed", "never"),
    (problems.NotAcceptable("x"), 406, "not-acceptable", "never"),
    (problems.BadCursor("x"), 400, "bad-cursor", "resync"),
    (problems.HistoryChanged("x"), 410, "history-changed", "resync"),
    (problems.ScopeChanged("x"), 410, "scope-changed", "resync"),
    (problems.CursorExpired("x"), 410, "cursor-expired", "resync"),
    (problems.Gone("x"), 410, "gone", "never"),
    (problems.Disabled(), 403, "disabled", "after"),
    (problems.NotAllowed.of(errors.InsufficientScope("x")), 403, "not-allowed", "human"),
]


@pytest.mark.parametrize(
    ("error", "status", "name", "retry"), REFUSALS, ids=[type(row[0]).__name__ for row in REFUSALS]
)
def test_each_refusal_is_a_problem(error, status, name, retry):
    response = problems.render(error)
    body = json.loads(response.content)
    assert response["Content-Type"] == "application/problem+json"
    assert (response.status_code, body["status"]) == (status, status)
    assert (body["type"], body["retry"]) == (f"/shared-events/problems/{name}", retry)
    assert ("restart" in body) == (retry == "resync")
    assert all(response[header] == value for header, value in error.headers.items())
