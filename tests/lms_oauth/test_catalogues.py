"""Each catalogue has exactly the messages of the code, every one translated, and is compiled as it stands."""

import re
import shutil
import subprocess
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.conf import settings as installed
from django.core.management import call_command
from django.utils import translation

pytestmark = pytest.mark.any_database
LOCALES = Path(installed.LOCALE_PATHS[0])
LANGUAGES = [code for code, _name in installed.LANGUAGES if code != "en"]
WHAT_TO_DO = (
    "Run `python manage.py makemessages`, translate what is empty in lms_oauth/locale/*/LC_MESSAGES/django.po with the "
    "words of lms_oauth/locale/TERMS.md, run it again (it compiles), and commit the .po and the .mo."
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%|%s|\{\w*\}|</?\w+>")


def catalogue(code, suffix=".po", root=LOCALES):
    return root / code / "LC_MESSAGES" / f"django{suffix}"


def messages(code):
    """msgid or (msgid, form) → translation, as a running server reads them."""
    with catalogue(code, ".mo").open("rb") as file:
        return {key: text for key, text in GNUTranslations(file)._catalog.items() if key}


def test_each_language_has_a_catalogue():
    assert sorted(LANGUAGES) == sorted(path.name for path in LOCALES.iterdir() if path.is_dir()) == ["fi"]


def test_catalogues_have_the_messages_of_the_code(settings, tmp_path):
    shutil.copytree(LOCALES, tmp_path / "locale")
    settings.LOCALE_PATHS = [tmp_path / "locale"]
    call_command("makemessages", verbosity=0)
    for code in LANGUAGES:
        wanted = catalogue(code, root=tmp_path / "locale").read_text(encoding="utf-8")
        assert catalogue(code).read_text(encoding="utf-8") == wanted, WHAT_TO_DO
        assert catalogue(code, ".mo").read_bytes() == catalogue(code, ".mo", tmp_path / "locale").read_bytes(), (
            WHAT_TO_DO
        )


@pytest.mark.parametrize("code", LANGUAGES)
def test_everything_is_translated_for_certain(code):
    checked = subprocess.run(
        ["msgfmt", "--check", "--statistics", "-o", "/dev/null", catalogue(code)],
        capture_output=True,
        text=True,
        check=True,
        env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
    )
    assert re.fullmatch(r"\d+ translated messages\.", checked.stderr.strip().splitlines()[-1]), WHAT_TO_DO


@pytest.mark.parametrize("code", LANGUAGES)
def test_placeholders_and_markup_stay(code):
    for key, text in messages(code).items():
        msgid = key[0] if isinstance(key, tuple) else key
        assert sorted(PLACEHOLDER.findall(text)) == sorted(PLACEHOLDER.findall(msgid)), msgid


def test_both_forms_of_a_number():
    with translation.override("fi"):
        told = [translation.ngettext("%(n)s minute ago", "%(n)s minutes ago", n) % {"n": n} for n in (1, 5)]
    assert told == ["1 minuutti sitten", "5 minuuttia sitten"]
