"""The pages in Finnish, whose words are long: nothing scrolls sideways on a narrow phone, and axe finds nothing."""

import pytest

from clients.models import LmsSettings
from tests.browser.test_accessibility import AXE, NARROWEST, PAGES, PHONE, RULES, RUN, nothing

pytestmark = [pytest.mark.any_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
OPENED = {name: (who, address) for name, (who, address, act) in PAGES.items() if act is nothing}
CHECKED = ["login", "system", "clients", "client-general", "client-credentials", "preferences", "statements"]


@pytest.fixture
def in_finnish(new_page, log_in, world):
    """Opens a page of the table by its name."""
    LmsSettings.objects.update(language="fi")
    LmsSettings.forget()
    page = new_page(viewport=PHONE, locale="fi-FI")

    def go(name):
        who, address = OPENED[name]
        page.context.clear_cookies()
        if who:
            log_in(page, getattr(world, who))
        page.goto(address.format_map(vars(world)))
        return page

    return go


def test_no_page_scrolls_sideways(in_finnish):
    wide = {}
    for name in OPENED:
        page = in_finnish(name)
        assert page.locator("html").get_attribute("lang") == "fi", name
        page.set_viewport_size(NARROWEST)
        width = page.evaluate("document.documentElement.scrollWidth")
        if width != NARROWEST["width"]:
            wide[name] = width
    assert wide == {}


@pytest.mark.parametrize("name", CHECKED)
def test_axe_finds_nothing(in_finnish, name):
    page = in_finnish(name)
    page.evaluate(AXE)
    found = page.evaluate(RUN, RULES["light"])["violations"]
    assert [(rule["id"], node["html"]) for rule in found for node in rule["nodes"]] == []
