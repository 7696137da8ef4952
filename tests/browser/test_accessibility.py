"""Every page in every look: axe finds no violation of WCAG 2.2 AA, all words fit, and the focus is seen."""

import re
from pathlib import Path

import pytest
from allauth.mfa.models import Authenticator

from clients import second_factors
from clients.models import Administrator
from tests import builders
from tests.browser.layout import clipped, undrawn, unseen

pytestmark = [pytest.mark.any_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
SECRET = re.compile("^(Generate|Regenerate) secret$")
RUN = "runOnly => axe.run(document, {runOnly})"
# Which colours are in force changes nothing but contrasts.
RULES = {"light": {"type": "tag", "values": TAGS}, "dark": {"type": "rule", "values": ["color-contrast"]}}
NARROWEST, PHONE, DESK = ({"width": w, "height": h} for w, h in ((320, 640), (390, 844), (1280, 900)))


def _submit(words):
    def act(page):
        page.get_by_role("button", name=words, exact=True).click()
        page.wait_for_load_state()

    return act


def _refused_general(page):
    page.get_by_label("Name", exact=True).fill("")
    page.get_by_label("Short description").fill("long " * 50)
    _submit("Save")(page)
    page.get_by_role("alert").wait_for()


def _regenerate_dialog(page):
    _generate(page)
    page.get_by_role("link", name="I have stored the secret").click()
    page.get_by_role("link", name="Regenerate secret").click()
    page.get_by_role("dialog").get_by_role("checkbox").wait_for()


def _generate(page):
    page.get_by_role("link", name=SECRET).click()
    for box in page.get_by_role("dialog").get_by_role("checkbox").all():
        box.check()
    page.get_by_role("dialog").get_by_role("button", name=SECRET).click()
    page.get_by_role("heading", name="New client secret").wait_for()


def _conflict(page):
    page.evaluate("document.querySelector('#token-number').value = 99")
    page.get_by_role("button", name=re.compile("^(Generate|Regenerate) token$")).click()
    page.get_by_role("heading", name="This was changed meanwhile").wait_for()


def _move_to_the_top(page):
    page.get_by_label("Parent label").select_option("")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("checkbox", name="Move the label and change what these clients are given").wait_for()


def _empty_session(page):
    page.get_by_role("button", name="Add session").click()
    page.get_by_role("heading", name="Session 3").wait_for()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("alert").wait_for()


def _phone_menu(page):
    if page.viewport_size["width"] <= 820:
        page.get_by_role("button", name="Open menu").click()


def _account_menu(page):
    page.get_by_role("button", name="Aino Virtanen").click()


def _keys(page):
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()


def _compact(page):
    page.get_by_label("Density").select_option("Compact")
    _submit("Save")(page)
    page.get_by_text("Changes saved.").wait_for()
    page.goto("/system/oauth-clients/")


def _added(page):
    page.get_by_label("User name").fill("bo")
    _submit("Create")(page)
    page.get_by_role("heading", name="One-time password").wait_for()


def _changed_meanwhile(page):
    page.evaluate("document.querySelector('[name=version]').value = 'another'")
    page.get_by_label("Name", exact=True).fill("Mine")
    _submit("Save")(page)
    page.get_by_role("heading", name="The client was changed meanwhile").wait_for()


def _bulk_preview(page):
    page.get_by_label("Choose Workday SCIM sync").check()
    page.get_by_label("With the ticked clients").select_option("deactivate")
    _submit("Preview")(page)
    page.get_by_role("heading", name="Deactivate").wait_for()


def _first_entry(page):
    page.get_by_role("link", name="OAuth client created").first.click()
    page.get_by_role("heading", name="OAuth client created").wait_for()


def _tables_open(page):
    page.get_by_text("Show as table").click()


def _downloaded(page):
    with page.expect_download():
        page.get_by_role("button", name="Download CSV").click()
    page.get_by_text("Download finished").first.wait_for()


def nothing(page):
    """The page as it opens."""


def _add_app(username):
    user = Administrator.objects.get(username=username)
    second_factors.add_app(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", by=builders.BY)
    return user


def _second_step(page):
    _add_app("anna")
    page.get_by_label("User name").fill("anna")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="Second step").wait_for()


def _with_factors(page):
    passkey = {"name": "Laptop with a rather long name for a passkey", "credential": {}}
    Authenticator.objects.create(user=_add_app("aino"), type="webauthn", data=passkey)
    page.reload()


def _new_codes(page):
    _add_app("aino")
    page.goto("/account/security/recovery-codes/")
    page.get_by_role("button", name="Make codes").click()
    page.get_by_role("heading", name="Your new recovery codes").wait_for()


# name → who, address, what to do there
PAGES = {
    "login": (None, "/account/login/", nothing),
    "login-refused": (None, "/account/login/", _submit("Log in")),
    "system": ("root", "/system/", nothing),
    "system-nobody": ("nobody", "/system/", nothing),
    "menu": ("root", "/system/", _phone_menu),
    "account-menu": ("root", "/system/", _account_menu),
    "password": ("root", "/account/password/", nothing),
    "second-step": (None, "/account/login/", _second_step),
    "security": ("root", "/account/security/", _with_factors),
    "app": ("root", "/account/security/app/", nothing),
    "app-refused": ("root", "/account/security/app/", _submit("Set up")),
    "passkey-add": ("root", "/account/security/passkeys/add/", nothing),
    "recovery-codes": ("root", "/account/security/", _new_codes),
    "again": ("root", "/account/again/", nothing),
    "again-refused": ("root", "/account/again/", _submit("Confirm with the password")),
    "preferences": ("root", "/account/preferences/", nothing),
    "saved-filter-add": ("root", "/account/filters/add/?page=oauth-clients&query=q%3Dsync", nothing),
    "saved-filter-remove": ("root", "/account/filters/{kept.pk}/remove/", nothing),
    "keys": ("root", "/system/oauth-clients/?q=sync", _keys),
    "compact": ("root", "/account/preferences/", _compact),
    "clients": ("root", "/system/oauth-clients/", nothing),
    "clients-no-match": ("root", "/system/oauth-clients/?q=zzz", nothing),
    "clients-no-reach": ("nobody", "/system/oauth-clients/", nothing),
    "clients-bulk": ("root", "/system/oauth-clients/", _bulk_preview),
    "client-add": ("root", "/system/oauth-clients/add/", nothing),
    "client-general": ("root", "/system/oauth-clients/{client.pk}/", nothing),
    "client-general-limited": ("anna", "/system/oauth-clients/{client.pk}/", nothing),
    "client-general-refused": ("root", "/system/oauth-clients/{client.pk}/", _refused_general),
    "client-limits": ("root", "/system/oauth-clients/{client.pk}/limits/", nothing),
    "client-credentials": ("root", "/system/oauth-clients/{client.pk}/credentials/", nothing),
    "client-secret-shown": ("root", "/system/oauth-clients/{client.pk}/credentials/", _generate),
    "client-regenerate-dialog": ("root", "/system/oauth-clients/{client.pk}/credentials/", _regenerate_dialog),
    "client-regenerate": ("root", "/system/oauth-clients/{client.pk}/credentials/regenerate-secret/", nothing),
    "client-conflict": ("root", "/system/oauth-clients/{client.pk}/credentials/regenerate-token/", _conflict),
    "labels": ("root", "/system/permission-labels/", nothing),
    "label-tree": ("root", "/system/permission-labels/tree/", nothing),
    "label-tree-no-reach": ("nobody", "/system/permission-labels/tree/", nothing),
    "label-add": ("root", "/system/permission-labels/add/", nothing),
    "label-general": ("root", "/system/permission-labels/{hr.pk}/", nothing),
    "label-usage": ("root", "/system/permission-labels/{hr.pk}/usage/", nothing),
    "label-delete-refused": ("root", "/system/permission-labels/{hr.pk}/delete/", nothing),
    "administrators": ("root", "/system/administrators/", nothing),
    "administrator-add": ("root", "/system/administrators/add/", nothing),
    "administrator-added": ("root", "/system/administrators/add/", _added),
    "administrator": ("root", "/system/administrators/{anna.pk}/", nothing),
    "administrator-roles": ("root", "/system/administrators/{anna.pk}/roles/", nothing),
    "administrator-permissions": ("root", "/system/administrators/{anna.pk}/effective-permissions/", nothing),
    "roles": ("root", "/system/roles/", nothing),
    "role": ("root", "/system/roles/{role.pk}/", nothing),
    "role-permissions": ("root", "/system/roles/{role.pk}/permissions/", nothing),
    "role-permissions-refused": ("root", "/system/roles/{role.pk}/permissions/", _submit("Add permissions")),
    "role-effective": ("root", "/system/roles/{role.pk}/effective-permissions/", nothing),
    "role-members": ("root", "/system/roles/{role.pk}/members/", nothing),
    "second-factors-reset": ("root", "/system/administrators/{anna.pk}/second-factors/", nothing),
    "role-delete-refused": ("root", "/system/roles/{role.pk}/delete/", nothing),
    "client-general-read-only": ("reader", "/system/oauth-clients/{client.pk}/", nothing),
    "client-changed": ("root", "/system/oauth-clients/{client.pk}/", _changed_meanwhile),
    "client-delete": ("root", "/system/oauth-clients/{client.pk}/delete/", _submit("Delete client")),
    "client-clone": ("root", "/system/oauth-clients/{client.pk}/clone/", nothing),
    "client-integration": ("root", "/system/oauth-clients/{writer.pk}/integration/", nothing),
    "client-test": ("root", "/system/oauth-clients/{writer.pk}/credentials/test/", _submit("Test connection")),
    "client-activity": ("root", "/system/oauth-clients/{writer.pk}/activity/", nothing),
    "client-activity-unused": ("root", "/system/oauth-clients/{client.pk}/activity/", nothing),
    "client-history": ("root", "/system/oauth-clients/{client.pk}/history/", nothing),
    "audit-log": ("root", "/system/audit-log/", nothing),
    "audit-log-no-match": ("root", "/system/audit-log/?q=zzz", nothing),
    "audit-log-entry": ("root", "/system/audit-log/", _first_entry),
    "lrs-activity": ("root", "/system/lrs/activity/", _tables_open),
    "lrs-activity-no-reach": ("anna", "/system/lrs/activity/", nothing),
    "lrs-download": ("root", "/system/lrs/statements/download/", nothing),
    "lrs-download-refused": ("root", "/system/lrs/statements/download/?paths=a+b", nothing),
    "lrs-downloaded": ("root", "/system/lrs/statements/download/", _downloaded),
    "settings": ("root", "/system/settings/", nothing),
    "health": ("root", "/system/health/", nothing),
    "configurations": ("root", "/system/scim-configurations/", nothing),
    "configuration-add": ("root", "/system/scim-configurations/add/", nothing),
    "configuration-general": ("root", "/system/scim-configurations/{configuration.pk}/", nothing),
    "scim-activity": ("root", "/system/provisioning-log/activity/", nothing),
    "configuration-mapping": (
        "root",
        "/system/scim-configurations/{configuration.pk}/mapping/",
        _submit("Show the effect"),
    ),
    "configuration-matching": ("root", "/system/scim-configurations/{configuration.pk}/matching/", _submit("Try out")),
    "configuration-scope": ("root", "/system/scim-configurations/{configuration.pk}/scope/", nothing),
    "configuration-test": ("root", "/system/scim-configurations/{configuration.pk}/test/", _submit("Run")),
    "configuration-log": ("root", "/system/scim-configurations/{configuration.pk}/log/", nothing),
    "configuration-guide": ("root", "/system/scim-configurations/{configuration.pk}/guide/", nothing),
    "provisioning-log": ("root", "/system/provisioning-log/", nothing),
    "provisioning-entry": ("root", "/system/provisioning-log/{entry.pk}/", nothing),
    "users": ("root", "/system/users/", nothing),
    "user": ("root", "/system/users/{learner.pk}/", nothing),
    "directory-groups": ("root", "/system/directory-groups/", nothing),
    "configuration-usage": ("root", "/system/scim-configurations/{configuration.pk}/usage/", nothing),
    "configuration-delete": ("root", "/system/scim-configurations/{configuration.pk}/delete/", nothing),
    "events": ("root", "/system/events/", nothing),
    "event-add": ("root", "/system/events/add/", nothing),
    "client-sharing": ("root", "/system/oauth-clients/{partner.pk}/shared-events/", nothing),
    "share-labels": ("root", "/system/events/share-labels/", nothing),
    "share-label-add": ("root", "/system/events/share-labels/add/", nothing),
    "share-label": ("root", "/system/events/share-labels/{share_label.pk}/", nothing),
    "share-label-move": ("root", "/system/events/share-labels/{share_label.pk}/", _move_to_the_top),
    "share-label-delete": ("root", "/system/events/share-labels/{share_label.pk}/delete/", nothing),
    "event-add-refused": ("root", "/system/events/add/", _submit("Create")),
    "event": ("root", "/system/events/{event.pk}/", nothing),
    "event-cancel": ("root", "/system/events/{event.pk}/cancel/", nothing),
    "event-archive": ("root", "/system/events/{event.pk}/archive/", nothing),
    "event-sessions": ("root", "/system/events/{event.pk}/sessions/", nothing),
    "event-sessions-refused": ("root", "/system/events/{event.pk}/sessions/", _empty_session),
    "event-seats": ("root", "/system/events/{event.pk}/seats/", nothing),
    "event-participants": ("root", "/system/events/{event.pk}/participants/?find=elina", nothing),
    "event-participants-print": ("root", "/system/events/{event.pk}/participants/print/", nothing),
    "event-participant-cancel": ("root", "/system/events/{event.pk}/participants/{waiting.pk}/cancel/", nothing),
    "event-participant-seat": ("root", "/system/events/{event.pk}/participants/{waiting.pk}/seat/", nothing),
    "events-calendar": ("root", "/system/events/calendar/?month={event.start:%Y-%m}", nothing),
    "events-calendar-empty": ("root", "/system/events/calendar/?month=1999-01", nothing),
    "peers": ("root", "/system/shared-event-peers/", nothing),
    "peer-add": ("root", "/system/shared-event-peers/add/", nothing),
    "peer": ("root", "/system/shared-event-peers/{mirrored.peer_id}/", nothing),
    "mirrored-events": ("root", "/system/shared-event-peers/{mirrored.peer_id}/events/", nothing),
    "mirrored-event": ("root", "/system/mirrored-events/{mirrored.pk}/?find=elina", nothing),
    "booking-cancel": ("root", "/system/mirrored-events/{mirrored.pk}/participants/{booking.pk}/cancel/", nothing),
    "statements": ("root", "/system/lrs/statements/", nothing),
    "statements-refused": ("root", "/system/lrs/statements/?verb=x", nothing),
    "statements-no-match": ("root", "/system/lrs/statements/?verb=urn:x", nothing),
    "statements-no-reach": ("nobody", "/system/lrs/statements/", nothing),
    "statement": ("root", "/system/lrs/statements/{statement}/", nothing),
    "not-found": ("root", "/system/nothing/", nothing),
}


def prepare(name, page, world, log_in):
    who, address, act = PAGES[name]
    if who:
        log_in(page, getattr(world, who))
    page.goto(address.format_map(vars(world)))
    act(page)
    page.wait_for_load_state()  # a heading shows before the style sheet of its page has come


def _faults(page):
    """By look, what is wrong there; the looks in which all is well are left out."""
    found = {}
    for size in (NARROWEST, PHONE, DESK):
        page.set_viewport_size(size)
        for scheme, rules in RULES.items():
            page.emulate_media(color_scheme=scheme)
            violations = page.evaluate(RUN, rules)["violations"] if size != NARROWEST else []
            against = [(rule["id"], node["html"]) for rule in violations for node in rule["nodes"]]
            found[size["width"], scheme] = [*clipped(page), *against]
        page.emulate_media(forced_colors="active")
        found[size["width"], "forced"] = [*clipped(page), *undrawn(page)[1]]
        page.emulate_media(forced_colors="none")
    page.keyboard.press("Tab")  # from now on the focus shows
    for size in (NARROWEST, DESK):
        page.set_viewport_size(size)
        for forced in ("none", "active"):
            page.emulate_media(forced_colors=forced)
            found[size["width"], f"focus, forced colours {forced}"] = unseen(page, everywhere=True)
    return {look: faults for look, faults in found.items() if faults}


@pytest.mark.parametrize("name", PAGES)
def test_page_in_every_look(new_page, log_in, world, name):
    """One page for all sizes, from the phone up, where the menu is opened by a button."""
    page = new_page(viewport=PHONE)
    prepare(name, page, world, log_in)
    page.evaluate(AXE)
    assert _faults(page) == {}
