"""docs/security.md names tests: they are there. What each requirement says stands in the standard."""

import re

import pytest

from lms_oauth.settings import BASE_DIR

pytestmark = pytest.mark.any_database
PAGE = (BASE_DIR / "docs" / "security.md").read_text()
REQUIREMENTS = re.findall(r"^\| (\d+\.\d+\.\d+) \| (.+) \| (.+) \|$", PAGE, re.MULTILINE)


def test_each_requirement_is_answered_once():
    names = [name for name, _how, _where in REQUIREMENTS]
    assert len(names) == len(set(names)) == 253
    assert f"All {len(names)} requirements" in PAGE


def test_what_is_named_is_there():
    folder = BASE_DIR
    for name in re.findall(r"`((?:tests/|test_)[\w/.]*)`", PAGE):
        file = BASE_DIR / name if name.startswith("tests/") else folder / name
        assert file.exists(), name
        folder = file.parent
