"""API views never touch the session; pages redirect to the login page."""

import pytest

from clients.models import LmsSettings

pytestmark = pytest.mark.django_db


def test_an_api_view_reads_no_session_even_when_a_session_cookie_comes_along(client, django_assert_num_queries):
    client.cookies["sessionid"] = "x" * 32
    LmsSettings.current()
    with django_assert_num_queries(0):
        response = client.get("/oauth2/nowhere")
    assert response.status_code == 404
    assert "Vary" not in response
