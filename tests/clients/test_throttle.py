"""Failure budgets: guessing is slowed down, and nobody can lock a true client out."""

import pytest
from django.core.cache import cache

from clients import throttle
from clients.rights import Service
from lms_oauth.errors import TooManyRequests
from tests.access_cases import make_client_for
from tests.builders import make_client_with_credentials
from tests.headers import basic, bearer
from tests.probe import ADDRESSES

FORM = "application/x-www-form-urlencoded"
GRANT = "grant_type=client_credentials"


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 1_000_000.0

        def time(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(throttle, "time", clock)
    return clock


@pytest.fixture
def budgets(settings):
    settings.FAILURES_PER_CLIENT, settings.FAILURES_PER_ADDRESS = (3, 60), (5, 300)


def spent(*arguments):
    """Seconds to wait, or 0."""
    try:
        throttle.spend_failure(*arguments)
    except TooManyRequests as error:
        return int(error.headers["Retry-After"])
    return 0


def test_a_budget_by_claimed_client(budgets, clock):
    addresses = [f"192.0.2.{number}" for number in range(5)]
    assert [spent("c" * 24, address) for address in addresses] == [0, 0, 0, 1, 1]
    assert spent("d" * 24, addresses[0]) == 0
    clock.now += 1
    assert [spent("c" * 24, address) for address in addresses[:2]] == [0, 1]
    clock.now += 3600
    assert [spent("c" * 24, "198.51.100.1") for _ in range(4)] == [0, 0, 0, 1]


def test_a_budget_by_address(budgets, clock):
    assert [spent(f"{number}" * 24, "192.0.2.1") for number in range(6)] == [0, 0, 0, 0, 0, 1]
    assert spent("", "192.0.2.1") == 1
    assert spent("", "192.0.2.2") == 0


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("2001:db8::1", "2001:db8::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
        ("", "", True),
    ],
)
def test_an_ipv6_host_has_one_budget_for_its_64(budgets, clock, one, other, shared):
    for _ in range(5):
        spent("", one)
    assert (spent("", other) > 0) is shared


def test_zero_switches_a_budget_off(settings, clock):
    settings.FAILURES_PER_CLIENT = settings.FAILURES_PER_ADDRESS = (0, 60)
    assert not any(spent("c" * 24, "192.0.2.1") for _ in range(500))


def test_keys_tell_nothing(monkeypatch, budgets):
    keys = []
    monkeypatch.setattr(cache, "set", lambda key, *args, **kwargs: keys.append(key))
    spent("c" * 24, "192.0.2.1")
    assert len(keys) == 2
    assert not any("192.0.2.1" in key or "ccc" in key for key in keys)


def test_a_slower_refill_tells_when_to_come_back(settings, clock):
    settings.FAILURES_PER_CLIENT, settings.FAILURES_PER_ADDRESS = (1, 2), (0, 1)
    assert [spent("c" * 24, "") for _ in range(2)] == [0, 30]


def test_the_token_rate_is_each_clients_own(settings, clock):
    settings.TOKENS_PER_CLIENT = (2, 1)
    throttle.spend_token(1)
    throttle.spend_token(1)
    with pytest.raises(TooManyRequests):
        throttle.spend_token(1)
    throttle.spend_token(2)
    clock.now += 1
    throttle.spend_token(1)


@pytest.mark.django_db
@pytest.mark.urls("tests.probe")
class TestOverHttp:
    def test_a_right_credential_always_passes(self, client, budgets):
        """Whoever else failed, from the same address and with the same client ID."""
        made = make_client_for(Service.XAPI)
        wrong = make_client_with_credentials()
        address = ADDRESSES[Service.XAPI]
        seen = [client.get(address, **basic(made.client_id, wrong.secret)).status_code for _ in range(5)]
        assert seen == [401, 401, 401, 429, 429]
        for header in (basic(made.client_id, made.secret), bearer(made.bearer)):
            assert client.get(address, **header).status_code == 200
        assert client.post("/oauth2/token", GRANT, FORM, **basic(made.client_id, made.secret)).status_code == 200

    def test_429_has_no_challenge(self, client, budgets):
        responses = [client.get(ADDRESSES[Service.SCIM], **bearer("x")) for _ in range(6)]
        assert [response.status_code for response in responses] == [401] * 5 + [429]
        assert "WWW-Authenticate" not in responses[-1]
        assert responses[-1]["Retry-After"] == "1"

    def test_missing_credentials_cost_nothing(self, client, budgets):
        assert {client.get(ADDRESSES[Service.SCIM]).status_code for _ in range(20)} == {401}
        assert {client.post("/oauth2/token", GRANT, FORM).status_code for _ in range(20)} == {401}

    def test_the_token_endpoint_says_so_in_its_own_words(self, client, budgets):
        responses = [client.post("/oauth2/token", GRANT, FORM, **basic("x", "y")) for _ in range(6)]
        assert [response.status_code for response in responses] == [401] * 5 + [429]
        assert responses[-1].json()["error"] == "temporarily_unavailable"
        assert responses[-1]["Cache-Control"] == "no-store"

    def test_the_token_rate_counts_successes_only(self, client, settings):
        settings.TOKENS_PER_CLIENT = (2, 1)
        made = make_client_for(Service.XAPI)
        header = basic(made.client_id, made.secret)
        for _ in range(5):
            assert client.post("/oauth2/token", GRANT + "&scope=scim", FORM, **header).status_code == 400
        seen = [client.post("/oauth2/token", GRANT, FORM, **header) for _ in range(3)]
        assert [response.status_code for response in seen] == [200, 200, 429]
        assert seen[-1].json()["error"] == "temporarily_unavailable"
        assert int(seen[-1]["Retry-After"]) >= 1

    def test_behind_a_proxy_the_callers_address_counts(self, client, budgets, settings):
        settings.TRUSTED_PROXIES = 1
        for number in range(20):
            header = {"HTTP_X_FORWARDED_FOR": f"203.0.113.9, 192.0.2.{number}"}
            assert client.get(ADDRESSES[Service.SCIM], **bearer("x"), **header).status_code == 401
