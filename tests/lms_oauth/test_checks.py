"""What ``bin/serve --production`` refuses, each with words on how to mend it."""

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command

pytestmark = pytest.mark.any_database
SAFE = {
    "SECRET_KEY": "Zq3vN8xK1bT6mW9rL4cJ7hF2gD5sP0aYuEiOzXcVbNmQwRtPlKjHgFdS",
    "DEBUG": False,
    "PUBLIC_URL": "https://lms.example.org",
    "ALLOWED_HOSTS": ["lms.example.org"],
    "TRUSTED_PROXIES": 1,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_HSTS_INCLUDE_SUBDOMAINS": True,
    "SECURE_HSTS_PRELOAD": True,
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
}


@pytest.fixture
def safe(settings, monkeypatch):
    for name, value in SAFE.items():
        setattr(settings, name, value)
    for name in ("SECRET_KEY_FILE", "DATABASE_URL_FILE", "METRICS_TOKEN_FILE", "DJANGO_ALLOW_ASYNC_UNSAFE"):
        monkeypatch.delenv(name, raising=False)
    return settings


def found():
    return {message.id: f"{message.msg} {message.hint}" for message in run_checks(include_deployment_checks=True)}


def test_safe_settings_pass(safe):
    assert found() == {}
    call_command("check", deploy=True, fail_level="WARNING")


@pytest.mark.parametrize(
    ("name", "value", "refusal", "words"),
    [
        ("PUBLIC_URL", "http://lms.example.org", "lms_oauth.W001", "PUBLIC_URL"),
        ("TRUSTED_PROXIES", 0, "lms_oauth.W002", "TRUSTED_PROXIES"),
        ("ALLOWED_HOSTS", ["*"], "lms_oauth.W003", "ALLOWED_HOSTS"),
        ("ALLOWED_HOSTS", [], "security.W020", "ALLOWED_HOSTS"),
        ("FAILURES_PER_CLIENT", (0, 60), "lms_oauth.W004", "FAILURES_PER_CLIENT"),
        ("FAILURES_PER_ADDRESS", (0, 300), "lms_oauth.W004", "FAILURES_PER_ADDRESS"),
        ("METRICS_TOKEN", "short", "lms_oauth.W005", "METRICS_TOKEN"),
        ("SECRET_KEY", "short", "security.W009", "SECRET_KEY"),
        ("SECRET_KEY_FALLBACKS", ["short"], "security.W025", "SECRET_KEY_FALLBACKS"),
        ("DEBUG", True, "security.W018", "DEBUG"),
        ("SECURE_SSL_REDIRECT", False, "security.W008", "SECURE_SSL_REDIRECT"),
        ("SESSION_COOKIE_SECURE", False, "security.W012", "SESSION_COOKIE_SECURE"),
        ("CSRF_COOKIE_SECURE", False, "security.W016", "CSRF_COOKIE_SECURE"),
    ],
)
def test_each_unsafe_setting_is_refused_by_name(safe, name, value, refusal, words):
    setattr(safe, name, value)
    assert words in found()[refusal]
    with pytest.raises(CommandError):
        call_command("check", deploy=True, fail_level="WARNING")


@pytest.mark.parametrize(("mode", "refused"), [(0o600, False), (0o640, False), (0o644, True)])
def test_a_secret_that_everybody_may_read(safe, tmp_path, monkeypatch, mode, refused):
    file = tmp_path / "secret_key"
    file.write_text("x")
    file.chmod(mode)
    monkeypatch.setenv("SECRET_KEY_FILE", str(file))
    assert ("lms_oauth.W006" in found()) is refused
