"""What the General tab says a client can do is what the authentication layer lets it do."""

from itertools import product

import pytest
from django.test import RequestFactory

from clients.access import authenticate
from clients.pages.effective_access import _CAN, effective_access
from clients.rights import Right, Service
from lms_oauth.errors import ApiError
from tests import builders
from tests.headers import bearer

pytestmark = pytest.mark.django_db


def allowed(made):
    """Rights that a request with the bearer token really has, over all services."""
    rights = Right.NONE
    for service in Service:
        try:
            rights |= authenticate(RequestFactory().get("/", **bearer(made.bearer)), service).rights
        except ApiError:
            continue
    return rights


def test_sentences_are_what_a_request_may_do():
    used, unused = builders.make_configuration(), builders.make_configuration(active=False)
    for configuration, own, full, events, enabled, active in product(
        (None, used, unused), *([(False, True)] * 4), (True, False)
    ):
        builders.enable_shared_events(enabled=enabled)
        made = builders.make_client_with_credentials(
            scim_configuration=configuration, lrs_own=own, lrs_full_read=full, shared_events=events, active=active
        )
        can = {sentence.words for sentence in effective_access(made.client) if sentence.can}
        assert can == {words for right, words in _CAN.items() if right in allowed(made)}


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"active": False}, "It can do nothing: it is not active."),
        ({}, "It cannot use SCIM: it has no SCIM configuration."),
        ({"scim_configuration": False}, "It cannot use SCIM: its SCIM configuration is not active."),
        ({}, "It cannot use the LRS."),
        ({"lrs_full_read": True}, "It cannot store statements."),
        ({}, "It cannot synchronize events."),
        ({"shared_events": True}, "It cannot synchronize events: shared events are off for this LMS."),
    ],
)
def test_what_it_cannot_do_comes_with_the_reason(values, words):
    if "scim_configuration" in values:
        values = {"scim_configuration": builders.make_configuration(active=False)}
    sentences = effective_access(builders.make_client(**values))
    assert words in [str(sentence.words) for sentence in sentences if not sentence.can]
