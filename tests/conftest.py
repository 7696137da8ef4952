"""Fixtures of the whole suite."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.utils import translation
from hypothesis import HealthCheck, settings

from clients import activity, refusals, usage
from clients.limits import purse
from clients.models import LmsSettings
from lms_oauth.logs import current_client_id
from tests.gunicorn import installation  # noqa: F401 - a fixture

# How fast a machine draws examples says nothing about the product.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", settings.get_profile("any machine"), derandomize=True)
settings.load_profile("any machine")


def pytest_runtest_setup(item):
    if item.get_closest_marker("postgresql") and connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")


@pytest.fixture(autouse=True)
def forget_between_tests():
    """What a process remembers between requests must not leak from one test into the next."""
    _forget()
    yield
    _forget()


def _forget():
    translation.deactivate()  # each request sets it, and leaves it to what is streamed after
    current_client_id.set("")  # likewise
    LmsSettings.forget()
    cache.clear()
    purse.forget()
    for memory in (usage._counts, usage._used, activity._rings, refusals._waiting, refusals._written):
        memory.clear()
