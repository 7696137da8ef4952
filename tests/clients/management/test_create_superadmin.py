import re
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from clients.models import Administrator, AuditEntry

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough phrase"


def run(*arguments: str) -> str:
    out = StringIO()
    call_command("create_superadmin", *arguments, stdout=out)
    return out.getvalue()


def test_the_password_comes_from_a_file(tmp_path):
    file = tmp_path / "password"
    file.write_text(PASSWORD + "\n")
    assert PASSWORD not in run("--username", "anna", "--password-file", str(file))
    anna = Administrator.objects.get()
    assert anna.is_superuser
    assert anna.check_password(PASSWORD)


def test_the_password_comes_from_standard_input(monkeypatch):
    monkeypatch.setattr("sys.stdin", StringIO(PASSWORD + "\n"))
    run("--username", "anna", "--password-file", "-")
    assert Administrator.objects.get().check_password(PASSWORD)


def test_without_a_file_a_password_is_made_and_printed():
    printed = re.search(r"One-time password: (\S+)$", run("--username", "admin").strip())
    assert Administrator.objects.get().check_password(printed[1])
    assert printed[1] not in str(list(AuditEntry.objects.values()))


def test_unless_any_leaves_an_installation_with_a_superadmin_alone():
    run("--username", "admin", "--unless-any")
    assert run("--username", "other", "--unless-any") == ""
    assert Administrator.objects.get().username == "admin"


def test_unless_any_does_not_count_who_cannot_log_in():
    Administrator.objects.create_superuser("gone", is_active=False)
    run("--username", "admin", "--unless-any")
    assert Administrator.objects.filter(username="admin", is_superuser=True).exists()


def test_it_is_audited():
    run("--username", "admin")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor_name, entry.via) == (
        "administrator_created",
        "command create_superadmin",
        "command",
    )
    assert entry.facts == {"superadmin": True, "roles": []}


@pytest.mark.parametrize(
    ("content", "message"),
    [(b"short\n", "at least 12"), (b"", "holds no password"), (b"\n", "holds no password"), (b"\xff\xfe", "UTF-8")],
)
def test_a_password_that_does_not_do(tmp_path, content, message):
    file = tmp_path / "password"
    file.write_bytes(content)
    with pytest.raises(CommandError, match=message):
        run("--username", "anna", "--password-file", str(file))
    assert not Administrator.objects.exists()


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(CommandError, match="No such file"):
        run("--username", "anna", "--password-file", str(tmp_path / "none"))


@pytest.mark.parametrize("username", ["admin", "ADMIN"])
def test_a_taken_name_is_refused_in_any_case(username):
    run("--username", "admin")
    with pytest.raises(CommandError, match=r"already exists|is violated"):
        run("--username", username)
    assert Administrator.objects.count() == 1
