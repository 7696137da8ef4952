"""The W3C's checker finds no error in any page as the server sends it, refused forms and shown secrets included."""

import re
import subprocess
from pathlib import Path

import pytest
from django.test import Client as Http

from clients import secrets
from tests.browser.test_accessibility import PAGES

pytestmark = [pytest.mark.any_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VNU = Path(__file__).parents[1] / "js" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"
REFUSED = {
    "login": (None, "/account/login/", {}),
    "client": ("root", "/system/oauth-clients/add/", {"short_description": "long " * 50}),
    "general": ("root", "/system/oauth-clients/{client.pk}/", {}),
    "label": ("root", "/system/permission-labels/add/", {}),
    "settings": ("root", "/system/settings/", {}),
    "event": ("root", "/system/events/add/", {}),
}


def pages(world):
    """Name and answer of every page."""
    asked = {(who, address) for who, address, _act in PAGES.values()}
    for number, (who, address) in enumerate(sorted(asked, key=str)):
        yield f"{number:03}-{address}", signed_in(world, who).get(address.format_map(vars(world)))
    for name, (who, address, sent) in REFUSED.items():
        refused = signed_in(world, who).post(address.format_map(vars(world)), sent)
        assert refused.status_code in {200, 422}, name
        yield f"refused-{name}", refused
    generate = f"/system/oauth-clients/{world.client.pk}/credentials/regenerate-secret/"
    for name in ("shown", "conflict"):  # the second form was shown before the first was sent
        yield name, signed_in(world, "root").post(generate, {"number": "0"})


def signed_in(world, who):
    http = Http()
    if who:
        http.force_login(getattr(world, who))
    return http


def test_every_page_is_valid_html(world, tmp_path):
    answers = dict(pages(world))
    assert secrets.CLIENT_SECRET in answers["shown"].content.decode()
    assert answers["conflict"].status_code == 409
    for name, answer in answers.items():
        (tmp_path / (re.sub(r"\W+", "-", name) + ".html")).write_bytes(answer.content)
    files = sorted(tmp_path.glob("*.html"))
    assert len(files) == len(answers) > 30
    command = ["java", "-jar", VNU, "--errors-only", "--format", "text", *files]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
