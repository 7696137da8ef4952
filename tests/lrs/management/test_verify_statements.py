"""A sound store is called sound, and each kind of damage by its name."""

import io
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from lrs import attachments, verification
from lrs.models import (
    Attachment,
    Authority,
    Flag,
    Reference,
    Relation,
    Statement,
    StatementAttachment,
    StatementId,
)
from lrs.statement.voiding import VOIDED
from tests.lrs.parts import MULTIPART, attachment, body, part
from tests.lrs.statement.samples import statement
from tests.lrs.stored import new_id
from tests.lrs.whole_store import connected

pytestmark = pytest.mark.django_db


def verified():
    out = io.StringIO()
    try:
        call_command("verify_statements", stdout=out, stderr=io.StringIO())
    except CommandError as error:
        out.write(str(error))
    return out.getvalue()


@pytest.fixture
def stored(own):
    """A Statement that is voided, and one with data; around them every kind of reference."""
    target = new_id()
    own.post(connected(30, 5))
    own.post(
        [statement(id=target), statement(verb={"id": VOIDED}, object={"objectType": "StatementRef", "id": target})]
    )
    [name] = own.post(
        body([statement(attachments=[attachment(b"data")])], part(b"data")), content_type=MULTIPART
    ).json()
    return {"voided": target, "data": name, "client": own.pk}


def change(name, **values):
    Statement.objects.filter(uuid=name).update(**values)


def replace_file(content):
    one = Attachment.objects.get()
    attachments.storage().delete(one.file)
    if content is not None:
        attachments.storage().save(one.file, ContentFile(content))


def clock_set_back(monkeypatch):
    low = Statement.objects.order_by("seq")[0].seq
    monkeypatch.setattr(verification, "clock", type("Clock", (), {"horizon": lambda self: low}))


BROKEN = {
    "id missing": lambda to: StatementId.objects.filter(id=to["data"]).delete(),
    "digest differs": lambda to: StatementId.objects.filter(id=to["data"]).update(digest=b"x" * 32),
    "id differs from JSON": lambda to: change(to["voided"], uuid=uuid4()),
    "authority missing": lambda to: Authority.objects.all()._raw_delete("default"),
    "reference missing": lambda to: Reference.objects.filter(voids=True).delete(),
    "relation missing": lambda to: Relation.objects.filter(hop__gt=1).delete(),
    "voided without flag": lambda to: change(to["voided"], flags=0),
    "statement missing": lambda to: Statement.objects.filter(uuid=to["data"])._raw_delete("default"),
    "id awaited by nothing": lambda to: StatementId.objects.create(id=uuid4()),
    "relation to nothing": lambda to: Relation.objects.create(
        client_id=to["client"], key=uuid4(), plain=True, seq=7, hop=0, roles=1
    ),
    "reference from nothing": lambda to: Reference.objects.create(
        target=to["data"], seq=7, client_id=to["client"], voids=False
    ),
    "target without id": lambda to: StatementId.objects.filter(id=to["voided"]).delete(),
    "link from nothing": lambda to: StatementAttachment.objects.create(seq=7, sha2="a" * 64, client_id=to["client"]),
    "data without flag": lambda to: change(
        to["data"], flags=Statement.objects.get(uuid=to["data"]).flags & ~Flag.HAS_DATA
    ),
    "data missing": lambda to: Attachment.objects.all().delete(),
    "file unreadable": lambda to: replace_file(None),
    "file differs": lambda to: replace_file(b"atad"),
}


def test_a_sound_store(stored, monkeypatch):
    assert verified().startswith("Nothing is wrong")
    monkeypatch.setattr(verification, "_BATCH", 3)
    assert verified().startswith("Nothing is wrong")


@pytest.mark.parametrize("what", BROKEN)
def test_damage_is_named(stored, what):
    BROKEN[what](stored)
    told = verified()
    assert f"\n{what}: " in "\n" + told
    assert "things are wrong" in told


def test_a_clock_behind_the_store(stored, monkeypatch):
    clock_set_back(monkeypatch)
    assert "clock behind: " in verified()


def test_an_empty_store(db):
    assert verified() == "Nothing is wrong, 0 rows were read.\n"
