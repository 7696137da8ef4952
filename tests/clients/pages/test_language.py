"""Which language a page speaks: the administrator's choice, else that of the LMS; the browser's before the login."""

import pytest

from clients.models import LmsSettings
from tests import builders

pytestmark = pytest.mark.django_db
FINNISH = {"HTTP_ACCEPT_LANGUAGE": "fi-FI,fi;q=0.9,en;q=0.5"}
ENGLISH = {"HTTP_ACCEPT_LANGUAGE": "en"}


def speaks(answer, lang, words):
    page = answer.content.decode()
    return f'<html lang="{lang}"' in page and words in page and answer["Content-Language"] == lang


def lms_speaks(language):
    LmsSettings.objects.update(language=language)
    LmsSettings.forget()


def test_the_login_page_follows_the_browser(client):
    lms_speaks("en")
    answer = client.get("/account/login/", **FINNISH)
    assert speaks(answer, "fi", "Kirjaudu sisään")
    assert "Accept-Language" in answer["Vary"]
    assert speaks(client.get("/account/login/", HTTP_ACCEPT_LANGUAGE="sv"), "en", "Log in")


@pytest.mark.parametrize("address", ["/system/", "/system/no-such-page/"])
def test_without_a_choice_pages_speak_the_language_of_the_lms(client, address):
    client.force_login(builders.make_superadmin())
    assert speaks(client.get(address, **FINNISH), "en", "Preferences")
    lms_speaks("fi")
    assert speaks(client.get(address, **ENGLISH), "fi", "Omat asetukset")


def test_the_own_choice_wins(client):
    lms_speaks("fi")
    user = builders.make_superadmin()
    user.language = "en"
    user.save()
    client.force_login(user)
    assert speaks(client.get("/system/", **FINNISH), "en", "OAuth clients")


def test_a_language_without_a_catalogue_reads_as_english(client):
    lms_speaks("xx")
    client.force_login(builders.make_superadmin())
    assert speaks(client.get("/system/", **FINNISH), "en", "OAuth clients")
    assert client.get("/account/preferences/").status_code == 200


def test_the_language_of_the_lms_is_a_setting(root):
    page = root.get("/system/settings/").content.decode()
    assert '<option value="fi">Suomi</option>' in page
    form = {"language": "fi", "access_token_lifetime_seconds": "3600", "keep_past_days": "365"}
    assert root.post("/system/settings/", form).status_code == 302
    assert LmsSettings.objects.get().language == "fi"
    assert speaks(root.get("/system/settings/"), "fi", "Asetukset")
