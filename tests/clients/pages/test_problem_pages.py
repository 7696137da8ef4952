"""Faults answer in the house style and under the same security policy."""

import pytest
from django.test import Client as Browser

from tests import builders

pytestmark = pytest.mark.django_db


def test_404_keeps_the_menu_for_who_is_signed_in(client):
    client.force_login(builders.make_superadmin())
    answer = client.get("/system/no-such-page/")
    assert answer.status_code == 404
    assert "Page not found" in answer.content.decode()
    assert 'aria-label="Menu"' in answer.content.decode()
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_csrf_failure_has_no_inline_style():
    browser = Browser(enforce_csrf_checks=True)
    browser.force_login(builders.make_superadmin())
    answer = browser.post("/account/preferences/", {"theme": "dark"})
    assert answer.status_code == 403
    assert "The form could not be sent" in answer.content.decode()
    assert "<style" not in answer.content.decode()


def test_500_reads_nothing_from_the_database(client, monkeypatch, django_assert_num_queries):
    client.force_login(builders.make_superadmin())
    client.raise_request_exception = False

    def fault(request):
        raise ZeroDivisionError

    monkeypatch.setattr("clients.pages.system.render", lambda *_: fault(None))
    answer = client.get("/system/")
    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()
    assert "ZeroDivisionError" not in answer.content.decode()
