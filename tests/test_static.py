"""Vendored files are the ones VENDOR.md names, and every icon a page uses exists."""

import hashlib
import re

import pytest
from django.conf import settings

from clients.pages import menu

ROW = re.compile(r"^\|.*\| `((?:static|tests)/[^`]+)`.*\| `([0-9a-f]{64})` \|$", re.MULTILINE)
VENDORED = ROW.findall((settings.BASE_DIR / "static" / "VENDOR.md").read_text(encoding="utf-8"))
ICON = re.compile(r"{% icon \"([a-z0-9-]+)\"|icon=\"([a-z0-9-]+)\"")


@pytest.mark.parametrize(("path", "sha256"), VENDORED)
def test_vendored_file_is_unchanged(path, sha256):
    assert hashlib.sha256((settings.BASE_DIR / path).read_bytes()).hexdigest() == sha256


def test_every_vendored_file_is_listed():
    assert len(VENDORED) == 3


def test_icons_in_use_are_in_the_sprite():
    templates = (settings.BASE_DIR / "templates").rglob("*.html")
    used = {name for file in templates for pair in ICON.findall(file.read_text(encoding="utf-8")) for name in pair}
    used |= {entry.icon for entry in menu._entries.values()}
    sprite = (settings.BASE_DIR / "static" / "icons.svg").read_text(encoding="utf-8")
    assert used - {""} - set(re.findall(r'<symbol id="([^"]+)"', sprite)) == set()
