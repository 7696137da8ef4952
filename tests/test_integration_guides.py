"""Each snippet of docs/integrations, as it stands, against a running installation."""

import os
import re
import subprocess
import sys

import pytest

from lms_oauth.settings import BASE_DIR

GUIDES = BASE_DIR / "docs" / "integrations"
PUBLISHED_HOST = "https://lms.example.org"
COMMANDS = {"sh": ["bash", "-e", "-o", "pipefail", "-c"], "python": [sys.executable, "-c"]}
SWITCHES = {
    "entra-id": ["--scim-configuration"],
    "okta": ["--scim-configuration"],
    "xapi-content": ["--lrs-own"],
    "xapi-pushers": ["--lrs-own"],
    "bi-export": ["--lrs-full-read"],
    "lms-peer": ["--shared-events"],
}


def test_every_guide_is_run():
    assert {path.stem for path in GUIDES.glob("*.md")} == set(SWITCHES)


@pytest.mark.parametrize("name", sorted(SWITCHES))
def test_its_snippets_work(installation, tmp_path, name):
    slugs = [installation.create_configuration()] if "--scim-configuration" in SWITCHES[name] else []
    if name == "lms-peer":
        installation.manage("setting", "shared_events_enabled", "on")
    made = installation.create_client(f"Guide {name}", *SWITCHES[name], *slugs)
    environment = {key.upper(): value for key, value in made.items() if isinstance(value, str)}
    text = (GUIDES / f"{name}.md").read_text().replace(PUBLISHED_HOST, installation.url)
    snippets = re.findall(r"^```(sh|python)\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    assert snippets
    for language, snippet in snippets:
        done = subprocess.run(
            [*COMMANDS[language], snippet],
            cwd=tmp_path,
            env={"PATH": os.environ["PATH"], **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{snippet}\n{done.stdout}\n{done.stderr}"
