"""A one-time password opens one page: the one that replaces it."""

import pytest
from django.core.management import call_command

from clients.models import Administrator
from tests.builders import PASSWORD, make_superadmin

pytestmark = pytest.mark.django_db
NEW = "another correct horse"


@pytest.fixture
def first_login(client, capsys):
    call_command("create_superadmin", username="admin")
    password = capsys.readouterr().out.split()[-1]
    answer = client.post("/account/login/", {"username": "admin", "password": password})
    assert answer.status_code == 302
    return password


@pytest.mark.parametrize("path", ["/system/", "/system/oauth-clients/", "/account/preferences/"])
def test_every_other_page_leads_to_the_password_page(client, first_login, path):
    answer = client.get(path, follow=True)
    assert answer.redirect_chain == [("/account/password/", 302)]
    assert "Choose a password of your own" in answer.content.decode()


def test_a_post_is_not_carried_out(client, first_login):
    client.post("/system/oauth-clients/add/", {"name": "X"})
    assert client.get("/account/logout/").status_code == 405  # the page itself answers
    assert Administrator.objects.get().must_change_password


def test_after_the_change_everything_opens(client, first_login):
    form = {"old_password": first_login, "new_password1": NEW, "new_password2": NEW}
    assert client.post("/account/password/", form).status_code == 302
    assert client.get("/system/").status_code == 200
    admin = Administrator.objects.get()
    assert admin.check_password(NEW)
    assert not admin.must_change_password


def test_a_refused_change_changes_nothing(client, first_login):
    form = {"old_password": first_login, "new_password1": "short", "new_password2": "short"}
    assert client.post("/account/password/", form).status_code == 422
    assert Administrator.objects.get().must_change_password


def test_who_can_sign_out_without_choosing(client, first_login):
    assert client.post("/account/logout/").status_code == 302


def test_others_are_not_asked(client):
    make_superadmin("anna")
    client.post("/account/login/", {"username": "anna", "password": PASSWORD})
    assert client.get("/system/").status_code == 200


def test_a_password_from_a_file_is_ones_own(tmp_path):
    (tmp_path / "password").write_text(PASSWORD)
    call_command("create_superadmin", username="admin", password_file=str(tmp_path / "password"))
    assert not Administrator.objects.get().must_change_password
