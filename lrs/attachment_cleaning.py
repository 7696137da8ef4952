"""What nothing needs in the storage of attachments: rows that no Statement names, and files that no row names.

A writer puts a file into the storage before the row that names it, so a file counts as left behind only after a day.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clients.jobs import Job, register
from lrs import locks
from lrs.attachments import storage
from lrs.models import Attachment, StatementAttachment
from lrs.removal import remove_unused
from lrs.retried import retried

BATCH = 500
LEFT_BEHIND = timedelta(days=1)


class Cleaned(NamedTuple):
    rows: int
    files: int

    def __str__(self) -> str:
        return f"{self.rows} attachments that no statement names, {self.files} files that nothing names"


def connect() -> None:
    register(
        Job(
            "clean_attachments", _("Delete attachments that nothing names"), timedelta(days=1), _job, timedelta(hours=6)
        )
    )


def _job() -> str:
    cleaned = clean()
    return f"Deleted {cleaned}." if any(cleaned) else ""


def planned() -> Cleaned:
    return Cleaned(_unnamed().count(), sum(1 for _name in _left_behind(timezone.now())))


def clean() -> Cleaned:
    return Cleaned(sum(_clean_rows()), sum(map(_delete, _left_behind(timezone.now()))))


def _unnamed() -> QuerySet[Attachment]:
    links = StatementAttachment.objects.filter(client=OuterRef("client"), sha2=OuterRef("sha2"))
    return Attachment.objects.filter(~Exists(links)).order_by("client_id", "sha2")


def _clean_rows() -> Iterator[int]:
    """The lock is held while it is made sure that none of a batch is named by now."""
    while batch := list(_unnamed().values_list("client_id", "sha2")[:BATCH]):
        yield retried(lambda: _remove(batch))


@transaction.atomic
def _remove(batch: list[tuple[int, str]]) -> int:
    locks.hold_alone()
    return remove_unused(batch)


def _left_behind(now: datetime) -> Iterator[str]:
    """Folder by folder, as ``in_storage`` lays them out: client, beginning of the hash."""
    for folder in _listed("")[0]:
        for beginning in _listed(folder)[0]:
            place = f"{folder}/{beginning}"
            yield from _unnamed_files(place, _listed(place)[1], now)


def _listed(path: str) -> tuple[list[str], list[str]]:
    try:
        folders, files = storage().listdir(path)
    except FileNotFoundError:
        return [], []
    return sorted(folders), sorted(files)


def _unnamed_files(place: str, files: list[str], now: datetime) -> Iterator[str]:
    for start in range(0, len(files), BATCH):
        names = [f"{place}/{file}" for file in files[start : start + BATCH]]
        hashes = {file.partition("-")[0] for file in files[start : start + BATCH]}
        named = set(Attachment.objects.filter(sha2__in=hashes, file__in=names).values_list("file", flat=True))
        yield from (name for name in names if name not in named and _old(name, now))


def _old(name: str, now: datetime) -> bool:
    """False as well where it has gone meanwhile."""
    try:
        return now - storage().get_modified_time(name) > LEFT_BEHIND
    except FileNotFoundError:
        return False


def _delete(name: str) -> int:
    with suppress(FileNotFoundError):
        storage().delete(name)
        return 1
    return 0
