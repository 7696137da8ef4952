"""Two ways to work the pages: a keyboard alone, and a pointer without script. A journey is written once for both."""

import re
from pathlib import Path

from tests.browser.layout import clipped, unseen

_WAY = """(wanted) => {
  const now = document.activeElement
  if (now === wanted) return ""
  if (now === document.body) return wanted.closest("main") ? "skip" : "Tab"
  return now.compareDocumentPosition(wanted) & Node.DOCUMENT_POSITION_FOLLOWING ? "Tab" : "Shift+Tab"
}"""
_MOST_STOPS = 150
_OPTION = "(select, words) => [...select.options].findIndex((one) => one.label === words) - select.selectedIndex"


class Pointer:
    """Clicks, and no script runs. Every page that is come to has to fit its window."""

    script = False

    def __init__(self, page):
        self.page = page

    def open(self, address):
        self.page.goto(address)
        self.fits()

    def see(self, words):
        self.page.get_by_text(words).filter(visible=True).first.wait_for()
        self.fits()

    def fits(self):
        self.page.wait_for_load_state()  # words show before the style sheet of their page has come
        assert clipped(self.page) == [], self.page.url

    def follow(self, name):
        self.act(self.page.get_by_role("link", name=name, exact=True))

    def press(self, name):
        self.act(self.page.get_by_role("button", name=name, exact=True))

    def download(self, name):
        """The text of the file behind a link."""
        with self.page.expect_download() as waiting:
            self.follow(name)
        return Path(waiting.value.path()).read_text(encoding="utf-8")

    def labelled(self, name):
        # The text of a label around a list of choices goes on with these.
        named = self.page.get_by_label(re.compile(rf"^\s*{re.escape(name)}(?![a-z])"))
        return named.and_(self.page.locator("input, select, textarea")).filter(visible=True).first

    def act(self, control):
        control.click()

    def fill(self, name, words):
        self.labelled(name).fill(words)

    def fill_time(self, name, number):
        """That day of that month, at that hour and minute of 2027: it reads the same in every order of days."""
        self.labelled(name).fill(f"2027-{number:02}-{number:02}T{number:02}:{number:02}")

    def tick(self, name, on=True):
        self.labelled(name).set_checked(on)

    def choose(self, name, words):
        self.labelled(name).select_option(label=words)


class Keyboard(Pointer):
    """Nothing but keys. What has the focus shows it at every stop."""

    script = True

    def reach(self, control):
        control.wait_for()
        for _ in range(_MOST_STOPS):
            way = control.evaluate(_WAY)
            if not way:
                break
            if way == "skip":
                self.page.keyboard.press("Tab")
                self.page.keyboard.press("Enter")
            else:
                self.page.keyboard.press(way)
        assert control.evaluate("wanted => wanted === document.activeElement"), "no key leads there"
        assert unseen(self.page) == [], self.page.url

    def act(self, control):
        self.reach(control)
        self.page.keyboard.press("Enter")

    def fill(self, name, words):
        self.reach(self.labelled(name))
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(words)

    def fill_time(self, name, number):
        self.reach(self.labelled(name))
        self.page.keyboard.type(f"{number:02}{number:02}2027")
        self.page.keyboard.press("ArrowRight")  # a year may have more digits
        self.page.keyboard.type(f"{number:02}{number:02}A")  # A: in the morning, where hours are twelve

    def tick(self, name, on=True):
        box = self.labelled(name)
        self.reach(box)
        if box.is_checked() is not on:
            self.page.keyboard.press("Space")
        assert box.is_checked() is on

    def choose(self, name, words):
        select = self.labelled(name)
        self.reach(select)
        steps = select.evaluate(_OPTION, words)
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        assert select.evaluate(_OPTION, words) == 0
