"""Logging in with a second factor in Chromium, whose virtual authenticator makes and uses passkeys."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

from clients import second_factors
from tests import builders
from tests.browser.test_flows import credentials, generate

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(autouse=True)
def any_second(settings):
    settings.MFA_TOTP_TOLERANCE = 1


@pytest.fixture
def page(new_page, world):
    """A page of the superadmin, with an authenticator in its device."""
    page = new_page(world.root)
    page.on("dialog", lambda dialog: dialog.accept())
    page.device = page.context.new_cdp_session(page)
    page.device.send("WebAuthn.enable")
    made = page.device.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
    page.authenticator = made["authenticatorId"]
    return page


def add_passkey(page):
    page.goto("/account/security/")
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name").fill("Laptop")
    page.get_by_role("button", name="Add passkey").click()
    page.get_by_role("heading", name="Your new recovery codes").wait_for()
    page.get_by_role("link", name="I have stored the codes").click()
    page.get_by_text("10 of 10 are left.").wait_for()


def log_out(page):
    page.get_by_role("button", name="Aino Virtanen").click()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="Log in").wait_for()


def log_in(page):
    page.get_by_label("User name").fill("aino")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Log in", exact=True).click()


def test_a_passkey_from_adding_to_removing(page, world):
    add_passkey(page)
    page.get_by_role("link", name="Rename Laptop").click()
    page.get_by_label("Name").fill("Work laptop")
    page.get_by_role("button", name="Save").click()
    log_out(page)
    page.goto("/system/roles/")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="Roles").wait_for()
    page.goto("/account/security/")
    page.get_by_role("link", name="Remove Work laptop").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("Only the password protects this account.").wait_for()
    assert not second_factors.factors(world.root).exists()
    log_out(page)
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("This passkey opens no account here.").wait_for()


def test_a_passkey_after_the_password(page, world):
    add_passkey(page)
    log_out(page)
    log_in(page)
    page.get_by_role("heading", name="Second step").wait_for()  # the page before has a button of that name, too
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="System").wait_for()


def test_nothing_is_sent_before_the_script_can_ask_the_authenticator(page, world):
    add_passkey(page)
    log_out(page)
    page.route("**/passkeys*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    log_in(page)
    page.get_by_role("heading", name="Second step").wait_for()
    assert page.get_by_role("button", name="Use a passkey").is_disabled()


def test_a_passkey_confirms_who_is_there(page, world, settings):
    add_passkey(page)
    settings.REAUTHENTICATION_SECONDS = -1
    page.goto(credentials(world.client))
    page.get_by_role("link", name="Generate secret").click()
    page.get_by_role("button", name="Generate secret", exact=True).click()
    page.get_by_role("button", name="Use a passkey").wait_for()
    settings.REAUTHENTICATION_SECONDS = 900
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("button", name="Generate secret", exact=True).click()
    page.get_by_role("heading", name="New client secret").wait_for()


def test_an_authenticator_that_refuses_is_told_of_and_can_be_asked_again(page, world):
    add_passkey(page)
    log_out(page)
    user = {"authenticatorId": page.authenticator}
    page.device.send("WebAuthn.setUserVerified", user | {"isUserVerified": False})
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_text("The passkey was not used.").wait_for()
    page.device.send("WebAuthn.setUserVerified", user | {"isUserVerified": True})
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_role("heading", name="System").wait_for()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_an_authenticator_app_with_and_without_script(new_page, world, script):
    page = new_page(world.root, java_script_enabled=script)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/account/security/")
    page.get_by_role("link", name="Set up an authenticator app").click()
    secret = page.get_by_label("Key", exact=True).input_value().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.get_by_role("button", name="Set up").click()
    page.get_by_role("heading", name="Your new recovery codes").wait_for()
    page.context.clear_cookies()
    page.goto("/system/roles/")
    log_in(page)
    page.get_by_label("Code", exact=True).fill(code_of(secret))
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Roles").wait_for()
    assert generate(_at(page, credentials(world.client)))


def _at(page, address):
    page.goto(address)
    return page


def code_of(secret):
    _before, now, _after = yield_hotp_counters_from_time()
    return format_hotp_value(hotp_value(secret, now))
