"""Data of attachments: spooled to disk while it is hashed, kept in a storage, sent back in pieces.

A file stands in the storage before the transaction that names it, and is taken away when that did not adopt it.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO, NamedTuple
from uuid import uuid4

from django.conf import settings
from django.core.files import File
from django.core.files.storage import Storage, storages

from lms_oauth.errors import BodyTooLarge
from lrs import rows
from lrs.models import Attachment
from lrs.multipart import CHUNK_BYTES
from lrs.refusals import AttachmentMismatch
from lrs.statement.attachments import hasher


class Sent(NamedTuple):
    """The data of one part, and the media type it came with."""

    size: int
    media_type: str
    data: IO[bytes]


class Kept(NamedTuple):
    """Data in the storage."""

    sha2: str
    size: int
    file: str
    media_type: str

    def read(self) -> Iterator[bytes]:
        with storage().open(self.file) as file:
            while chunk := file.read(CHUNK_BYTES):
                yield chunk


def storage() -> Storage:
    return storages["lrs_attachments"]


def spool(chunks: Iterable[bytes], data: IO[bytes], sha2: str) -> int:
    """The size. AttachmentMismatch unless the bytes have this hash, BodyTooLarge beyond LRS_MAX_ATTACHMENT_BYTES."""
    limit, size, seen = settings.LRS_MAX_ATTACHMENT_BYTES, 0, hasher(sha2)
    for chunk in chunks:
        size += len(chunk)
        if limit and size > limit:
            raise BodyTooLarge(f"An attachment is larger than {limit} bytes (LRS_MAX_ATTACHMENT_BYTES sets it).")
        seen.update(chunk)
        data.write(chunk)
    if seen.hexdigest() != sha2:
        raise AttachmentMismatch(f"The bytes of a part do not have the hash that it names, {sha2}.")
    data.seek(0)
    return size


@contextmanager
def in_storage(sent: Mapping[str, Sent], client: int) -> Iterator[dict[str, Kept]]:
    """By hash, what of ``sent`` is not there yet. Files that no row names at the end of the block are removed."""
    saved: dict[str, Kept] = {}
    try:
        for sha2 in sorted(sent.keys() - _known(sent.keys(), client, "sha2")):
            size, media_type, data = sent[sha2]
            name = storage().save(f"{client}/{sha2[:2]}/{sha2}-{uuid4().hex}", File(data))
            saved[sha2] = Kept(sha2, size, name, media_type)
        yield saved
    finally:
        adopted = _known(saved.keys(), client, "file")
        for one in saved.values():
            if one.file not in adopted:
                with suppress(OSError):
                    storage().delete(one.file)


def _known(hashes: Collection[str], client: int, column: str) -> set[str]:
    if not hashes:
        return set()
    return set(Attachment.objects.filter(client=client, sha2__in=hashes).values_list(column, flat=True))


def of_statements(seqs: Iterable[int]) -> list[Kept]:
    """Each data once, however many Statements name it."""
    return list({kept.sha2: kept for kept in (Kept(*row) for row in rows.attachments_of(seqs))}.values())
