"""multipart/mixed as a stream (RFC 2046 §5.1)."""

import io
import re
from unittest.mock import Mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lrs.attachments import Kept
from lrs.multipart import CHUNK_BYTES, Reader, boundary_of, written
from lrs.refusals import BadMultipart

BOUNDARY = "b"
# Data made of what boundaries are made of: line breaks, hyphens, the boundary itself.
DATA = st.lists(st.sampled_from([b"\r", b"\n", b"-", b"b", b" ", b"x", b"\r\n--b", b"--b\r\n", b"\0"])).map(b"".join)
BOUNDARY_LINE = re.compile(rb"\r\n--b(--|[ \t]*\r\n)")


def read(body, sizes=(CHUNK_BYTES,)):
    """The parts of ``body``, taken from the network in pieces of these sizes."""
    stream, turn = io.BytesIO(body), iter(list(sizes) * (len(body) + 1))
    reader = Reader(lambda _most: stream.read(next(turn)), BOUNDARY)
    return [(dict(part.headers), b"".join(part.chunks)) for part in reader]


def body_of(*parts):
    return b"".join(b"--b\r\n%s\r\n%s\r\n" % part for part in parts) + b"--b--\r\n"


@given(st.lists(st.tuples(st.sampled_from([b"", b"A: 1\r\n", b"A: 1\r\nC-d:x y \r\n"]), DATA), max_size=3), st.data())
def test_what_was_written_is_read_however_it_is_cut(parts, data):
    parts = [(headers, text) for headers, text in parts if not BOUNDARY_LINE.search(b"\r\n" + text + b"\r\n")]
    if not parts:
        return
    sizes = data.draw(st.lists(st.integers(1, 30), min_size=1, max_size=5))
    assert [text for _, text in read(body_of(*parts), sizes)] == [text for _, text in parts]


def test_every_split_position():
    body = b"preamble\r\n" + body_of((b"A: 1\r\n", b"\r\n--bx\r\n-"), (b"B: 2\r\n", b"")) + b"epilogue"
    for position in range(1, len(body)):
        assert read(body, [position, len(body)]) == [({"a": "1"}, b"\r\n--bx\r\n-"), ({"b": "2"}, b"")]


def test_a_part_that_is_not_read_is_passed_over():
    reader = Reader(io.BytesIO(body_of((b"A: 1\r\n", b"x" * 300_000), (b"B: 2\r\n", b"y"))).read, BOUNDARY)
    assert [list(part.headers) for part in reader] == [["a"], ["b"]]


def test_memory_is_bounded_by_the_pieces():
    reader = Reader(io.BytesIO(body_of((b"", b"x" * 1_000_000))).read, BOUNDARY)
    [sizes] = [[len(chunk) for chunk in part.chunks] for part in reader]
    assert sum(sizes) == 1_000_000
    assert max(sizes) <= CHUNK_BYTES + 200


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"", "before the closing boundary"),
        (b"--b\r\n\r\nx", "before the closing boundary"),
        (b"--b\r\n\r\nx\r\n--b", "before the closing boundary"),
        (b"--b\r\nA: 1", "before the closing boundary"),
        (b"--c\r\n\r\nx\r\n--c--", "before the closing boundary"),
        (b"--b\r\nno header\r\n\r\nx\r\n--b--", "header that is none"),
        (b"--b\r\nA: 1\r\n folded\r\n\r\nx\r\n--b--", "header that is none"),
        (b"--b\r\nA : 1\r\n\r\nx\r\n--b--", "header that is none"),
        (b"--b\r\nA: 1\0\r\n\r\nx\r\n--b--", "header that is none"),
        (b"--b\r\nA: 1\r\na: 2\r\n\r\nx\r\n--b--", "header a twice"),
        (b"--b\r\nA: " + b"x" * 100_000, "longer than"),
    ],
)
def test_refuses(body, problem):
    with pytest.raises(BadMultipart, match=problem):
        read(body)


def test_a_connection_that_breaks():
    with pytest.raises(BadMultipart, match="before it was complete"):
        list(Reader(Mock(side_effect=OSError), BOUNDARY))


@pytest.mark.parametrize(
    ("content_type", "boundary"),
    [
        ("multipart/mixed; boundary=abc", "abc"),
        ('multipart/mixed; charset=x; boundary="a b:c"', "a b:c"),
        ("multipart/mixed", None),
        ("multipart/mixed; boundary=", None),
        ('multipart/mixed; boundary="ends with blank "', None),
        ("multipart/mixed; boundary=" + "x" * 71, None),
        ("multipart/mixed; boundary*=utf-8''a%0A", None),
    ],
)
def test_boundary(content_type, boundary):
    if boundary is None:
        with pytest.raises(BadMultipart):
            boundary_of(content_type)
    else:
        assert boundary_of(content_type) == boundary


def test_written_is_read_again():
    class Piece(Kept):
        def read(self):
            yield from (b"da", b"ta")

    answer = written(b"{}", [Piece("a" * 64, 4, "", "text/plain"), Piece("b" * 64, 4, "", "image/png")])
    body = b"".join(answer.chunks)
    assert len(body) == answer.length
    parts = [(part.headers, b"".join(part.chunks)) for part in Reader(io.BytesIO(body).read, answer.boundary)]
    assert [data for _, data in parts] == [b"{}", b"data", b"data"]
    assert parts[2][0] == {
        "content-type": "image/png",
        "content-transfer-encoding": "binary",
        "content-length": "4",
        "x-experience-api-hash": "b" * 64,
    }
