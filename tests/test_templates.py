"""What holds for the templates as they are written."""

import re

import pytest
from django.conf import settings

pytestmark = pytest.mark.any_database
TEMPLATES = settings.BASE_DIR / "templates"
ALONE = re.compile(r'{% include "([^"]+)"[^%]* only %}')


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.html")), ids=lambda path: str(path.relative_to(TEMPLATES)))
def test_a_form_is_never_included_without_its_token(path):
    """``only`` keeps the token out, and whoever sends such a form is refused."""
    included = [TEMPLATES / name for name in ALONE.findall(path.read_text())]
    assert [one.name for one in included if "{% csrf_token %}" in one.read_text()] == []
