"""The README tells the truth about configuration."""

import re

from lms_oauth.settings import BASE_DIR, env

ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def test_the_table_lists_exactly_what_settings_read():
    table = ROW.findall((BASE_DIR / "README.md").read_text())
    assert len(table) == len(set(table))
    assert set(table) == env.names


def test_every_link_leads_to_a_file():
    for document in [BASE_DIR / "README.md", *(BASE_DIR / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", document.read_text()):
            assert target.startswith("https:") or (document.parent / target).exists(), f"{document.name}: {target}"
