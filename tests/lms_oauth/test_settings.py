"""The program as an operator starts it: silent where all is well, and refusing to run without its secret."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
GOOD = {
    "SECRET_KEY": "k7Jx" * 20 + "ABCDEFGHIJ",
    "PUBLIC_URL": "https://lms.example.org",
    "DATABASE_URL": "sqlite://:memory:",
    "TRUSTED_PROXIES": "1",
}


def manage(*arguments, **environment):
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=kept | {"DJANGO_SETTINGS_MODULE": "lms_oauth.settings"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_check_deploy_is_silent():
    done = manage("check", "--deploy", "--fail-level", "WARNING", **GOOD)
    assert (done.returncode, done.stderr) == (0, "")
    assert "no issues" in done.stdout


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"PUBLIC_URL": "http://lms.example.org"}, "PUBLIC_URL is not https"),
        ({"TRUSTED_PROXIES": "0"}, "Set TRUSTED_PROXIES"),
        ({"DEBUG": "on"}, "DEBUG"),
    ],
)
def test_check_deploy_says_what_is_unsafe(change, said):
    done = manage("check", "--deploy", "--fail-level", "WARNING", **GOOD | change)
    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"SECRET_KEY": ""}, "Set SECRET_KEY"),
        ({"SECRET_KEY": "", "DEBUG": "off"}, "Set SECRET_KEY"),
        ({"PUBLIC_URL": "lms.example.org"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://lms.example.org/path"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "ftp://lms.example.org"}, "PUBLIC_URL"),
        ({"DEBUG": "perhaps"}, "DEBUG: on or off expected"),
        ({"TRUSTED_PROXIES": "-1"}, "TRUSTED_PROXIES: a whole number"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT: line or json"),
    ],
)
def test_refuses_to_start(change, said):
    done = manage("check", **GOOD | change)
    assert done.returncode != 0
    assert said in done.stderr


def test_starts_without_a_key_for_debugging():
    assert manage("check", DEBUG="on", DATABASE_URL="sqlite://:memory:").returncode == 0


def test_the_key_may_stand_in_a_file(tmp_path):
    (tmp_path / "key").write_text(GOOD["SECRET_KEY"])
    environment = GOOD | {"SECRET_KEY": "", "SECRET_KEY_FILE": str(tmp_path / "key")}
    assert manage("check", **environment).returncode == 0


def test_an_installation_with_the_admin_site_shows_neither_ours_nor_the_librarys_models():
    code = (
        "import os; os.environ['DJANGO_SETTINGS_MODULE'] = 'lms_oauth.settings'\n"
        "from lms_oauth import settings\n"
        "settings.INSTALLED_APPS.remove('clients')\n"
        "settings.INSTALLED_APPS = ['django.contrib.admin', *settings.INSTALLED_APPS, 'clients']\n"
        "import django; django.setup()\n"
        "from django.contrib import admin\n"
        "print(sorted(model.__name__ for model in admin.site._registry if model._meta.app_label != 'auth'))\n"
    )
    kept = {"PATH": os.environ["PATH"]} | GOOD
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=kept, capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stderr


@pytest.mark.parametrize(
    ("change", "names"),
    [
        ({}, "__Host-sessionid __Host-csrftoken True"),
        ({"PUBLIC_URL": "http://127.0.0.1:8000"}, "sessionid csrftoken False"),
    ],
)
def test_cookies_are_bound_to_an_https_host(change, names):
    asked = (
        "from django.conf import settings as s; "
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE)"
    )
    assert manage("shell", "--no-imports", "-c", asked, **GOOD | change).stdout.strip() == names
