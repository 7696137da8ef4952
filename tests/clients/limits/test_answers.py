"""A client beyond its limit, as each protocol tells it, and what counts it."""

from urllib.parse import urlencode

import pytest

from clients import activity, usage
from clients.models import ClientUsage, RecentRequest
from clients.rights import Service
from tests.access_cases import make_client_for
from tests.headers import bearer

pytestmark = pytest.mark.django_db
FORM = "application/x-www-form-urlencoded"
VERSION = {"HTTP_X_EXPERIENCE_API_VERSION": "1.0.3"}
ADDRESSES = {
    Service.SCIM: "/scim/v2/Users",
    Service.XAPI: "/xapi/statements",
    Service.SHARED_EVENTS: "/shared-events/v1/changes",
}
POLICY = '"client";q=2;w=60'


def limited_client(*services, burst=2):
    made = make_client_for(*services)
    type(made.client).objects.filter(pk=made.client.pk).update(requests_per_minute=2, burst=burst)
    return made


def get(http, service, made):
    return http.get(ADDRESSES[service], **VERSION, **bearer(made.bearer))


@pytest.fixture
def refused(client, request, clock):
    """The third request of a client that may send two, to each service."""

    def answer(service):
        made = limited_client(service)
        assert [get(client, service, made).status_code for _ in range(2)] == [200, 200]
        return get(client, service, made)

    return answer


@pytest.mark.parametrize("service", Service)
def test_the_answer_says_when_to_come_back(refused, service):
    answer = refused(service)
    assert answer.status_code == 429
    assert answer["Retry-After"] == "30"
    assert answer["RateLimit-Policy"] == POLICY
    assert answer["RateLimit"] == '"client";r=0;t=60'
    assert "WWW-Authenticate" not in answer


def test_scim_says_it_in_its_error_body(refused):
    answer = refused(Service.SCIM)
    assert answer["Content-Type"] == "application/scim+json"
    assert answer.json()["schemas"] == ["urn:ietf:params:scim:api:messages:2.0:Error"]
    assert answer.json()["status"] == "429"


def test_xapi_says_it_in_json(refused):
    answer = refused(Service.XAPI)
    assert answer["Content-Type"] == "application/json"
    assert answer.json()["error"]["code"] == "too_many_requests"
    assert answer["X-Experience-API-Version"] == "1.0.3"


def test_shared_events_say_it_as_a_problem_of_its_own_type(refused):
    answer = refused(Service.SHARED_EVENTS)
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "/shared-events/problems/rate-limited"
    assert answer.json()["retry"] == "after"


def test_the_token_endpoint_says_it_as_an_oauth_error(client, clock):
    made = limited_client(Service.XAPI)
    form = f"grant_type=client_credentials&client_id={made.client_id}&client_secret={made.secret}"
    answers = [client.post("/oauth2/token", form, FORM) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"] == "temporarily_unavailable"
    assert (answers[2]["Retry-After"], answers[2]["RateLimit-Policy"]) == ("30", POLICY)


@pytest.mark.parametrize("service", Service)
def test_successful_answers_tell_what_is_left(client, clock, service):
    answer = get(client, service, limited_client(service))
    assert answer.status_code == 200
    assert (answer["RateLimit-Policy"], answer["RateLimit"]) == (POLICY, '"client";r=1;t=30')


@pytest.mark.parametrize("service", Service)
def test_without_a_limit_nothing_is_told(client, service):
    answer = get(client, service, make_client_for(service))
    assert answer.status_code == 200
    assert "RateLimit" not in answer
    assert "RateLimit-Policy" not in answer


def test_all_services_and_the_token_endpoint_share_the_budget(client, clock):
    made = limited_client(*Service, burst=4)
    form = f"grant_type=client_credentials&client_id={made.client_id}&client_secret={made.secret}"
    left = [
        client.post("/oauth2/token", form, FORM)["RateLimit"],
        *(get(client, one, made)["RateLimit"] for one in Service),
    ]
    assert [told.split(";")[1] for told in left] == ["r=3", "r=2", "r=1", "r=0"]


def test_a_wrong_credential_spends_nothing_of_the_client(client, clock):
    made = limited_client(Service.XAPI)
    form = f"grant_type=client_credentials&client_id={made.client_id}&client_secret=wrong"
    for _ in range(5):
        assert client.post("/oauth2/token", form, FORM).status_code == 401
    assert get(client, Service.XAPI, made).status_code == 200


def test_the_other_request_syntax_of_xapi_counts_and_tells(client, clock):
    made = limited_client(Service.XAPI)
    form = {"Authorization": f"Bearer {made.bearer}", "X-Experience-API-Version": "1.0.3"}
    answers = [client.post("/xapi/statements?method=GET", urlencode(form), FORM) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[0]["RateLimit"] == '"client";r=1;t=30'


def test_it_is_counted_as_limited_and_seen_among_the_requests(client, clock):
    made = limited_client(Service.XAPI)
    for _ in range(5):
        get(client, Service.XAPI, made)
    usage.flush()
    activity.flush()
    counted = ClientUsage.objects.filter(client=made.client).values_list("outcome", "count")
    assert dict(counted) == {"ok": 2, "limited": 3}
    reasons = RecentRequest.objects.filter(client=made.client, status=429).values_list("reason", flat=True)
    assert set(reasons) == {"rate limit"}
