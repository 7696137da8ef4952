"""Logging in at the organisation's provider, and saying there once more who one is, without a script."""

import pytest

from tests.browser.test_accessibility import AXE, PHONE, RULES, RUN
from tests.browser.test_flows import credentials
from tests.clients import oidc_provider

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def provider(live_server, settings):
    settings.PUBLIC_URL = live_server.url
    settings.OIDC_CLIENT_ID, settings.OIDC_CLIENT_SECRET = oidc_provider.CLIENT_ID, oidc_provider.CLIENT_SECRET
    settings.OIDC_NAME, settings.OIDC_ONLY = "Example ID", True
    with oidc_provider.serve() as provider:
        settings.OIDC_ISSUER, provider.page = provider.issuer, True
        yield provider


def test_from_the_button_to_a_secret(new_page, world, provider):
    world.root.email = provider.person["email"]
    world.root.save()
    page = new_page(java_script_enabled=False)
    page.context.route(f"{provider.issuer}/**", lambda route: route.continue_())
    address = credentials(world.client)
    page.goto(address)
    page.get_by_role("link", name="Log in with Example ID").click()
    page.get_by_role("link", name="Go on as Anna").click()
    page.get_by_role("link", name="Generate secret").click()
    page.get_by_role("heading", name="Confirm that it is you").wait_for()  # the provider told no time of its login
    page.get_by_role("link", name="Log in with Example ID").click()
    page.get_by_role("link", name="Go on as Anna").click()
    page.get_by_role("button", name="Generate secret", exact=True).click()
    page.get_by_role("heading", name="New client secret").wait_for()
    provider.answer = {"error": "access_denied"}
    page.context.clear_cookies()
    page.goto(address)
    page.get_by_role("link", name="Log in with Example ID").click()
    page.get_by_role("link", name="Go on as Anna").click()
    page.get_by_text("Logging in was cancelled.").wait_for()


@pytest.mark.any_database
def test_axe_finds_nothing_on_pages_with_the_button(new_page, log_in, world, provider, settings):
    world.root.identities.create(issuer=provider.issuer, subject="aino")
    page = new_page(viewport=PHONE)
    for address, only in (("/account/login/", True), ("/account/login/", False), ("/account/again/", False)):
        settings.OIDC_ONLY = only
        if address == "/account/again/":
            log_in(page, world.root)
        page.goto(address)
        page.get_by_role("link", name="Log in with Example ID").wait_for()
        page.evaluate(AXE)
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            found = page.evaluate(RUN, rules)["violations"]
            assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == [], (address, scheme)
