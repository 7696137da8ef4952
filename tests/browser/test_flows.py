"""What an administrator does, in Chromium: with a mouse, with the keyboard, and without script."""

import re

import pytest
from playwright.sync_api import expect

from clients import secrets
from clients.models import AuditEntry, Client, Credential
from tests import builders
from tests.browser.layout import undrawn
from tests.browser.test_accessibility import prepare

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SHOWN = "#new-value"


def credentials(client):
    return f"/system/oauth-clients/{client.pk}/credentials/"


def log_in_by_form(page):
    page.goto("/system/oauth-clients/")
    page.get_by_label("User name").fill("aino")
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("heading", name="OAuth clients").wait_for()


def generate(page, kind="secret"):
    page.get_by_role("link", name=f"Generate {kind}").click()
    page.get_by_role("button", name=f"Generate {kind}", exact=True).click()
    return page.locator(SHOWN).input_value()


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_from_login_to_a_working_client(new_page, world, script):
    page = new_page(java_script_enabled=script)
    log_in_by_form(page)
    page.get_by_role("link", name="Add OAuth client").click()
    page.get_by_role("button", name="Create").click()
    assert page.title() == "Error: Add OAuth client – LMS admin"
    page.get_by_role("link", name="Enter a name for the client.").click()
    page.get_by_label("Name", exact=True).fill("Nightly export")
    page.get_by_label("Short description").fill("Owner: BI team")
    page.get_by_label("Helsinki").check()
    page.get_by_role("button", name="Create").click()
    page.get_by_text("Client created. Next: generate a secret or a token on the Credentials tab.").wait_for()
    made = Client.objects.get(name="Nightly export")
    page.get_by_label("Allow LRS access — full read access to all data").check()
    page.get_by_label("I know that it covers every learner’s data").check()
    page.get_by_label("SCIM configuration").select_option("Workday production")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Changes saved.").wait_for()
    made.refresh_from_db()
    assert (made.lrs_full_read, made.scim_configuration.name) == (True, "Workday production")
    page.get_by_role("link", name="Credentials", exact=True).click()
    value = generate(page)
    assert Credential.objects.get(client=made).digest == secrets.digest(value)
    page.get_by_role("link", name="I have stored the secret").click()
    page.get_by_role("link", name="Regenerate secret").wait_for()
    assert value not in page.content()
    assert value[-4:] in page.content()


COUNT_CLICKS = """
document.addEventListener("click", (event) => {
  if (event.isTrusted) sessionStorage.setItem("clicks", Number(sessionStorage.getItem("clicks")) + 1);
}, true);
"""


def test_handing_out_credentials_takes_six_clicks_and_two_fields(new_page, world):
    page = new_page()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    log_in_by_form(page)
    page.context.add_init_script(COUNT_CLICKS)
    page.goto("/system/oauth-clients/")
    page.get_by_role("link", name="Add OAuth client").click()
    page.get_by_label("Name", exact=True).fill("Portal")
    page.get_by_label("Short description").fill("Owner: web team")
    page.get_by_role("button", name="Create").click()
    page.get_by_role("link", name="Credentials", exact=True).click()
    value = generate(page)
    page.get_by_role("button", name="Copy New client secret").click()
    page.locator("#live", has_text="Copied.").wait_for()
    assert page.evaluate("navigator.clipboard.readText()") == value
    assert Client.objects.get(name="Portal").client_id in page.content()
    assert int(page.evaluate("sessionStorage.getItem('clicks')")) == 6


def test_a_reloaded_answer_mints_nothing_and_says_so(new_page, world):
    page = new_page(world.root, java_script_enabled=False)
    page.goto(credentials(world.client))
    value = generate(page)
    page.reload()
    page.get_by_text(re.compile(r"The secret was regenerated \d+ seconds? ago by Aino Virtanen")).wait_for()
    assert value not in page.content()
    assert Credential.objects.count() == 1


def test_back_and_forward_never_bring_the_value_back(new_page, world):
    page = new_page(world.root)
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(credentials(world.client))
    value = generate(page)
    page.get_by_role("link", name="I have stored the secret").click()
    page.get_by_role("link", name="Regenerate secret").wait_for()
    for move in (page.go_back, page.go_forward, page.go_back):
        move()
        assert value not in page.content()
        assert all(field.input_value() != value for field in page.locator("textarea").all())
    assert Credential.objects.count() == 1


def test_double_click_generates_once_and_shows_the_live_value(new_page, world):
    page = new_page(world.root)
    page.goto(credentials(world.client))
    page.get_by_role("link", name="Generate secret").click()
    page.get_by_role("button", name="Generate secret", exact=True).dblclick()
    value = page.locator(SHOWN).input_value()
    assert Credential.objects.get().digest == secrets.digest(value)


def test_second_administrator_with_an_old_page_is_told_who_was_first(new_page, world):
    other = builders.make_superadmin("bo")
    first, second = new_page(world.root), new_page(other)
    for page in (first, second):
        page.goto(credentials(world.client))
    value = generate(first)
    second.get_by_role("link", name="Generate secret").click()
    second.get_by_role("button", name="Generate secret", exact=True).click()
    second.get_by_text("by Aino Virtanen. It was shown once and cannot be shown again.").wait_for()
    assert Credential.objects.get().digest == secrets.digest(value)
    second.get_by_role("link", name="Regenerate again").click()
    second.get_by_role("heading", name="Regenerate the client secret?").wait_for()


def test_without_the_tick_nothing_happens(new_page, world):
    builders.actions.regenerate_secret(world.client, by=builders.BY)
    page = new_page(world.root)
    page.goto(f"{credentials(world.client)}regenerate-secret/")
    page.get_by_role("button", name="Regenerate secret").click()  # the browser itself asks for the tick
    assert page.get_by_role("checkbox").evaluate("box => box.validity.valueMissing")
    page.evaluate("document.querySelector('form.confirm').noValidate = true")
    page.get_by_role("button", name="Regenerate secret").click()
    page.get_by_role("link", name="Tick the box to confirm.").wait_for()
    assert Credential.objects.count() == 1


def test_regenerate_by_keyboard_alone(new_page, world):
    builders.actions.regenerate_secret(world.client, by=builders.BY)
    page = new_page(world.root)
    page.goto(credentials(world.client))
    opener = page.get_by_role("link", name="Regenerate secret")
    opener.focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.textContent") == "Cancel"
    page.keyboard.press("Escape")
    assert opener.evaluate("link => link === document.activeElement")
    page.keyboard.press("Enter")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="New client secret").wait_for()
    page.locator("h1:focus, h2:focus", has_text="New client secret").wait_for()
    assert Credential.objects.filter(client=world.client).count() == 2


def test_leaving_before_the_value_was_kept_asks_once(new_page, world):
    asked = []
    page = new_page(world.root)
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(credentials(world.client))
    generate(page)
    page.get_by_role("link", name="General").click()
    page.get_by_role("heading", name="Details").wait_for()
    assert asked == ["beforeunload"]


@pytest.mark.parametrize("clipboard", [True, False], ids=["clipboard", "no clipboard"])
def test_copy_says_so_and_counts_as_kept(new_page, world, clipboard):
    page = new_page(world.root)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    if not clipboard:
        page.add_init_script("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.goto(credentials(world.client))
    value = generate(page)
    page.get_by_role("button", name="Copy New client secret").click()
    page.locator("#live", has_text="Copied.").wait_for()
    if clipboard:
        assert page.evaluate("navigator.clipboard.readText()") == value
    page.get_by_role("link", name="General").click()  # no question: it was copied
    page.get_by_role("heading", name="Details").wait_for()


def test_label_picker_filters_and_removes(new_page, world):
    page = new_page(world.root)
    page.goto(f"/system/oauth-clients/{world.client.pk}/")
    assert page.locator("[data-count]").inner_text() == "Selected: 2"
    page.get_by_role("searchbox", name="Filter labels").fill("tampe")
    assert page.get_by_label("Partners").is_hidden()
    page.get_by_label("Tampere").check()
    page.get_by_role("button", name="Remove Integrations").click()
    assert page.locator("[data-count]").inner_text() == "Selected: 2"
    assert page.locator(".savebar .state").inner_text() == "Unsaved changes"
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Changes saved.").wait_for()
    assert {label.name for label in world.client.labels.all()} == {"Helsinki", "Tampere"}


def test_labels_out_of_reach_are_locked_and_survive(new_page, world):
    page = new_page(world.anna)
    page.goto(f"/system/oauth-clients/{world.client.pk}/")
    assert page.get_by_role("checkbox", name="Integrations").is_disabled()
    page.get_by_role("checkbox", name="Helsinki").uncheck()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("alert").get_by_text("Choose at least one label within your permissions").wait_for()
    page.locator("[role=alert]:focus").wait_for()
    page.get_by_label("Tampere").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Changes saved.").wait_for()
    assert {label.name for label in world.client.labels.all()} == {"Integrations", "Tampere"}


def test_list_searches_sorts_and_clears_without_script(new_page, world):
    page = new_page(world.root, java_script_enabled=False)
    page.goto("/system/oauth-clients/")
    page.get_by_role("searchbox", name="Search").fill("xapi")
    page.get_by_role("button", name="Apply").click()
    assert page.locator("td.name").all_inner_texts() == ["Course studio xAPI writer"]
    page.get_by_role("link", name="Clear filters").click()
    page.get_by_role("columnheader", name="Name").get_by_role("link").click()
    names = page.locator("td.name").all_inner_texts()
    assert names == sorted(names, key=str.casefold)
    page.get_by_role("search").locator("select[name=label]").select_option("HR")
    page.get_by_role("button", name="Apply").click()
    assert page.locator("td.name").count() == 2


def test_keys_lead_to_the_search_and_to_their_list(new_page, world):
    page = new_page(world.root)
    page.goto("/system/oauth-clients/")
    page.keyboard.press("/")
    page.keyboard.type("x/?")  # in a field they are letters
    search = page.get_by_role("searchbox", name="Search")
    assert search.input_value() == "x/?"
    page.get_by_role("link", name="Add OAuth client").focus()
    page.keyboard.press("Control+/")
    assert not search.evaluate("field => field === document.activeElement")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").get_by_role("button", name="Close").click()
    page.get_by_role("dialog").wait_for(state="hidden")


def test_keys_can_be_switched_off(new_page, world):
    world.root.shortcuts = False
    world.root.save()
    page = new_page(world.root)
    page.goto("/system/oauth-clients/")
    page.keyboard.press("/")
    page.keyboard.press("?")
    assert page.evaluate("document.activeElement === document.body")
    assert page.get_by_role("dialog").count() == 0


def test_a_search_is_kept_and_opened_again_without_script(new_page, world):
    page = new_page(world.root, java_script_enabled=False)
    page.goto("/system/oauth-clients/?q=xapi")
    page.get_by_role("link", name="Save filter").click()
    page.get_by_label("Name").fill("Writers")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Filter saved.").wait_for()
    page.goto("/system/oauth-clients/")
    page.get_by_role("navigation", name="Saved filters").get_by_role("link", name="Writers", exact=True).click()
    page.get_by_text("1–1 of 1 client").wait_for()
    page.get_by_role("link", name="Remove filter Writers").click()
    page.get_by_role("button", name="Remove").click()
    page.get_by_text("Filter removed.").wait_for()
    assert world.root.saved_filters.get() == world.kept


def test_theme_is_the_servers_and_nothing_flashes(new_page, world):
    page = new_page(world.root, color_scheme="light")
    page.goto("/account/preferences/")
    page.get_by_label("Theme").select_option("Dark")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Changes saved.").wait_for()
    expect(page.locator("body")).to_have_css("background-color", "rgb(15, 19, 24)")


def test_moving_a_label_asks_first(new_page, world):
    page = new_page(world.root, java_script_enabled=False)
    page.goto(f"/system/permission-labels/{world.hr.pk}/")
    page.get_by_label("Parent label").select_option("Partners")
    builders.make_administrator(world.partners, username="bo")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("1 administrator gains access: bo").wait_for()
    page.get_by_label("Move the label and change who has access").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Changes saved.").wait_for()
    assert AuditEntry.objects.filter(action="label_updated").count() == 1


def test_focus_is_never_under_the_save_bar(new_page, world):
    page = new_page(world.root, viewport={"width": 1280, "height": 600})
    page.goto(f"/system/oauth-clients/{world.client.pk}/")
    page.get_by_label("Name", exact=True).focus()
    covered = """() => {
      const bar = document.querySelector('.savebar').getBoundingClientRect();
      const at = document.activeElement.getBoundingClientRect();
      return !document.activeElement.closest('.savebar') && at.bottom > bar.top && at.top < bar.bottom;
    }"""
    for _ in range(14):
        assert not page.evaluate(covered), page.evaluate("document.activeElement.outerHTML")
        page.keyboard.press("Tab")


def test_phone_menu_opens_without_script(new_page, world):
    page = new_page(world.root, java_script_enabled=False, viewport={"width": 390, "height": 844})
    page.goto("/system/oauth-clients/")
    assert page.get_by_role("navigation", name="Menu").is_hidden()
    page.get_by_role("button", name="Open menu").click()
    page.get_by_role("navigation", name="Menu").get_by_role("link", name="Settings").click()
    page.get_by_role("heading", name="Settings").wait_for()


def test_log_out(new_page, world):
    page = new_page(world.root)
    page.goto("/system/")
    page.get_by_role("button", name="Aino Virtanen").click()
    page.get_by_role("button", name="Log out").click()
    page.get_by_role("heading", name="Log in").wait_for()
    page.goto("/system/")
    assert "/account/login/?next=/system/" in page.url


def test_forced_colours_keep_what_is_current_apart(new_page, world):
    page = new_page(world.root, forced_colors="active")
    page.goto(credentials(world.client))
    for current in page.locator("[aria-current]:is(.tabs a, .nav a)").all():
        assert current.evaluate("link => getComputedStyle(link).textDecorationLine") == "underline"
    assert page.locator("[aria-current]:is(.tabs a, .nav a)").count() == 2


def test_forced_colours_leave_nothing_drawn_invisible(new_page, log_in, world):
    page = new_page(forced_colors="active")
    for name in ("clients", "client-general", "client-activity", "scim-activity", "lrs-activity", "lrs-downloaded"):
        prepare(name, page, world, log_in)
        drawn, bare = undrawn(page)
        assert drawn, name
        assert bare == [], name


def test_print_leaves_out_menu_buttons_and_secret(new_page, world):
    page = new_page(world.root)
    page.goto(credentials(world.client))
    generate(page)
    page.emulate_media(media="print")
    for hidden in (".side", ".top", ".tabs", ".secret"):
        assert page.locator(hidden).is_hidden()
    assert page.get_by_text("Client credentials grant").first.is_visible()
