"""What killed processes left in the storage goes; what somebody is about to name stays."""

import io
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from lrs import attachment_cleaning, attachments
from lrs.models import Attachment, Statement, StatementAttachment
from tests.lrs.parts import MULTIPART, attachment, body, part
from tests.lrs.statement.samples import statement

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("empty_storage")]
STRAY = "7/ab/" + "ab" * 32 + "-0123456789abcdef"


def run(**options):
    out = io.StringIO()
    call_command("clean_attachments", stdout=out, **options)
    return out.getvalue()


def tomorrow(monkeypatch):
    later = timezone.now() + timedelta(days=1, hours=1)
    monkeypatch.setattr(timezone, "now", lambda: later)


@pytest.fixture
def named(own):
    """The file of a Statement's data."""
    own.post(body([statement(attachments=[attachment(b"data")])], part(b"data")), content_type=MULTIPART)
    return Attachment.objects.get().file


def test_only_what_nothing_names_and_is_old(named, monkeypatch):
    storage = attachments.storage()
    storage.save(STRAY, ContentFile(b"left"))
    assert "0 files" in run()
    assert storage.exists(STRAY)
    tomorrow(monkeypatch)
    assert "There are 0 attachments that no statement names, 1 files" in run(dry_run=True)
    assert storage.exists(STRAY)
    assert "1 files" in run()
    assert (storage.exists(STRAY), storage.exists(named)) == (False, True)
    assert attachment_cleaning._job() == ""


def test_rows_that_no_statement_names(named, django_capture_on_commit_callbacks):
    StatementAttachment.objects.all().delete()
    Statement.objects.all()._raw_delete("default")
    assert "There are 1 attachments" in run(dry_run=True)
    with django_capture_on_commit_callbacks(execute=True):
        assert attachment_cleaning._job().startswith("Deleted 1 attachments")
    assert not Attachment.objects.exists()
    assert not attachments.storage().exists(named)


def test_a_statement_that_comes_meanwhile_keeps_its_data(named, own, monkeypatch):
    links = list(StatementAttachment.objects.all())
    StatementAttachment.objects.all().delete()

    def late():
        StatementAttachment.objects.bulk_create(links)

    monkeypatch.setattr(attachment_cleaning.locks, "hold_alone", late)
    assert "Deleted 0 attachments" in run()
    assert attachments.storage().exists(named)


def test_files_that_go_meanwhile(named, monkeypatch):
    tomorrow(monkeypatch)
    assert not attachment_cleaning._old(STRAY, timezone.now())
    assert attachment_cleaning._listed("nowhere") == ([], [])
