"""Pages of other origins that call the LRS (Fetch standard, CORS protocol)."""

import pytest
from django.test import Client as Browser

from tests.lrs.conftest import PATH

ORIGIN = "https://content.example.org"
PREFLIGHT = {"HTTP_ORIGIN": ORIGIN, "HTTP_ACCESS_CONTROL_REQUEST_METHOD": "PUT"}
ADDRESSES = {
    PATH: "GET, POST, PUT, HEAD",
    "/xapi/activities/state": "GET, POST, PUT, DELETE, HEAD",
    "/xapi/agents/": "GET, HEAD, POST",
    "/xapi/about": "GET, HEAD",
}


@pytest.fixture(params=[ORIGIN, "*"])
def listed(request, settings):
    settings.LRS_CORS_ORIGINS = [request.param]
    return request.param


@pytest.mark.django_db
@pytest.mark.parametrize("path", ADDRESSES)
def test_preflight(listed, path):
    answer = Browser().options(path, **PREFLIGHT)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["Access-Control-Allow-Origin"] == listed
    assert answer["Access-Control-Allow-Methods"] == ADDRESSES[path]
    assert "X-Experience-API-Version" in answer["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in answer
    assert answer["X-Experience-API-Version"] == "1.0.3"
    assert "Origin" in answer["Vary"]


def test_every_answer_can_be_read(own, listed):
    for query, headers, status in (("", own.headers, 200), ("?x=1", own.headers, 400), ("", {}, 401)):
        answer = Browser().get(PATH + query, HTTP_ORIGIN=ORIGIN, **headers)
        assert answer.status_code == status
        assert answer["Access-Control-Allow-Origin"] == listed
        assert "X-Experience-API-Consistent-Through" in answer["Access-Control-Expose-Headers"]
    assert Browser().get("/xapi/unknown", HTTP_ORIGIN=ORIGIN)["Access-Control-Allow-Origin"] == listed


@pytest.mark.django_db
@pytest.mark.parametrize(
    "origin", ["https://other.example.org", "http://content.example.org", "null", ORIGIN + ":8443"]
)
def test_another_origin_gets_no_permission(settings, origin):
    settings.LRS_CORS_ORIGINS = [ORIGIN]
    for answer in (
        Browser().options(PATH, **PREFLIGHT | {"HTTP_ORIGIN": origin}),
        Browser().get(PATH, HTTP_ORIGIN=origin),
    ):
        assert not [name for name in answer.headers if name.startswith("Access-Control")]
        assert "Origin" in answer["Vary"]


def test_without_an_origin(own, settings):
    settings.LRS_CORS_ORIGINS = ["*"]
    assert "Access-Control-Allow-Origin" not in own.get()
    assert Browser().options(PATH, **own.headers).status_code == 405


def test_off_by_default(own):
    assert Browser().options(PATH, **PREFLIGHT | own.headers).status_code == 405
    answer = Browser().get(PATH, HTTP_ORIGIN=ORIGIN, **own.headers)
    assert not [name for name in answer.headers if name.startswith("Access-Control")]
