"""Everything that reads bytes from outside without a database: each takes bytes, and raises only where it has a fault.

A refusal that a parser declares is no fault. What comes out is checked where it promises something.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from gzip import BadGzipFile
from io import BufferedReader, BytesIO
from typing import Any
from zlib import error as ZlibError  # noqa: N812 - it is an exception

from django.test import RequestFactory
from pydantic import ValidationError
from scim2_models import SCIMException

from clients import basic, secrets, tokens
from clients.oauth import form
from lms_oauth.errors import ApiError
from lms_oauth.http import read_json, valid_address
from lrs import import_files, more, multipart
from lrs.body import _decode
from lrs.parsing import read_one_or_more
from lrs.preconditions import read_preconditions
from lrs.statement import rules, times
from lrs.statement.actors import actor
from lrs.statement.language import in_one_language, read_preferences
from lrs.statement.parameters import BadParameter, read_query
from lrs.statement.paths import at, read_path
from lrs.statement.signature import BadSignature, verify
from lrs.statement.types import Version
from lrs.views.parameters import read_pairs
from scim import normalise
from scim.errors import Refusal
from scim.protocol.filters import Translator
from scim.protocol.provider import Shape, published
from scim.tolerances import PRESETS, Preset, Tolerances
from scim.views import _canonical, _query
from shared_events import cursor
from shared_events.calendar import duration_text, parsed_duration
from shared_events.peers import incoming

TOLERANT = PRESETS[Preset.ENTRA_ID]
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
SHAPE = Shape(False, frozenset({"userName", "emails", "name.givenName", "active", "title"}), frozenset(), Tolerances())


@dataclass(frozen=True)
class Parser:
    """``words``: what its language is made of, for examples that get past the first character."""

    read: Callable[[bytes], Any]
    words: tuple[bytes, ...]


PARSERS: dict[str, Parser] = {}


def parser(*words: str | bytes) -> Callable[[Callable[[bytes], Any]], Callable[[bytes], Any]]:
    def keep(read: Callable[[bytes], Any]) -> Callable[[bytes], Any]:
        PARSERS[read.__name__] = Parser(read, tuple(one if isinstance(one, bytes) else one.encode() for one in words))
        return read

    return keep


def text_of(data: bytes) -> str:
    """What a parameter or a member may hold: no half surrogates, which are refused where they come in."""
    return data.decode(errors="replace")


def header_of(data: bytes) -> str:
    """As WSGI hands headers over."""
    return data.decode("latin-1")


JSON_WORDS = (
    *"[]{}:,",
    *(" ", "\n", "\0", "\\u0000", "\\ud800", "\\udc00", "\ufeff", '"', '""', '"a"', '"a":1', "\\", "\\\\"),
    *("1", "-0", "1e999", "1E5", "0.1", "NaN", "Infinity", "true", "null", "9" * 40, "[" * 120, b"\xff", b"\xc3"),
)


@parser(*JSON_WORDS)
def json(data):
    with suppress(ApiError):
        read_json(data)


@parser(*JSON_WORDS, '{"id":"x"}', "[{},{}]")
def statements(data):
    """Each element comes with its own text, which is the same value."""
    with suppress(ApiError):
        for received in read_one_or_more(data)[0]:
            assert read_json(received.text.encode()) == received.value


STATEMENT_WORDS = (
    *(
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        '"actor":',
        '"verb":',
        '"object":',
        '"id":',
        '"mbox":',
        '"account":',
        '"name":',
        '"homePage":',
    ),
    *(
        '"objectType":',
        '"Agent"',
        '"Group"',
        '"member":',
        '"SubStatement"',
        '"StatementRef"',
        '"result":',
        '"score":',
        '"scaled":',
    ),
    *(
        '"context":',
        '"contextActivities":',
        '"attachments":',
        '"sha2":',
        '"length":',
        '"duration":',
        '"PT1M"',
        '"timestamp":',
    ),
    *(
        '"2026-01-01T00:00:00Z"',
        '"mailto:a@b.example"',
        '"https://e.org/a"',
        '"en"',
        "{}",
        "[]",
        "1",
        "0.5",
        "true",
        "null",
    ),
)
MINIMAL = '{"actor":{"mbox":"mailto:a@b.example"},"verb":{"id":"https://e.org/v"},"object":{"id":"https://e.org/a"}'


@parser(MINIMAL, *STATEMENT_WORDS)
def statement_rules(data):
    with suppress(ApiError):
        value = read_json(data)
        for version in Version:
            assert all(problem.reason for problem in rules.statement(value, version))


@parser("P", "T", "1", "0", "Y", "M", "D", "H", "S", "W", ".", ",", "-", "٣", "9" * 30, "PT1H30M", "P2W")
def statement_duration(data):
    text = text_of(data)
    if times.is_duration(text):
        assert times.comparable_duration(text) == times.comparable_duration(text.replace(",", "."))


@parser(
    "2026",
    "-",
    "01",
    "T",
    "t",
    "00",
    ":",
    "Z",
    "z",
    "+",
    "24",
    "60",
    ".",
    ",",
    "W",
    "9999-12-31T23:59:60",
    "0001-01-01T00:00",
)
def statement_time(data):
    for version in Version:
        moment = times.instant(text_of(data), version)
        if moment is not None and 0 <= moment < 253402300800000000:
            assert times.instant(times.written(moment), version) == moment


@parser(*"&=%;+", "%00", "%ff", "%C3%A4", "method", "agent", "ä", "a=1", b"\xff")
def xapi_parameters(data):
    with suppress(ApiError):
        read_pairs(data)


@parser(*STATEMENT_WORDS)
def agent_parameter(data):
    with suppress(ApiError):
        value = read_json(data)
        for version in Version:
            actor(value, version)


@parser(
    "statementId",
    "agent",
    "verb",
    "since",
    "until",
    "limit",
    "format",
    "more",
    "=",
    "&",
    "ids",
    "-1",
    "9" * 30,
    "true",
    "²",
    "٣",
    "2026-01-01T00:00:00Z",
    "https%3A%2F%2Fe.org",
    "%7B%22mbox%22%3A%22mailto%3Aa%40b.c%22%7D",
    "registration",
    "16fd2706-8baf-433b-82eb-8c7fada847da",
)
def xapi_query(data):
    with suppress(ApiError, BadParameter):
        parameters = read_pairs(data)
        for version in Version:
            read_query(parameters, version, lambda text: read_json(text.encode()))


@parser("A", "_", "-", "=", "AQ", "\0", "ä", "more")
def more_token(data):
    with suppress(more.BadCursor):
        more.read(text_of(data), now=0, secrets=["k"])
        raise AssertionError("nobody can make one without the key")


@parser("*", '"', "W/", "w/", ",", " ", "a" * 40, '"a"', 'W/"a"', "\\", "\t")
def if_match(data):
    text = header_of(data)
    conditions = read_preconditions(text, text)
    assert not conditions.hold("a")  # never both fits and is not there
    assert conditions.hold(None) is False


@parser("en", "EN", "-", "x", "*", ";", "q=", "Q =", "0", "1", "0.5", "1.9", ",", " ", "a" * 9, "zh-Hant-a-x")
def accept_language(data):
    preferences = read_preferences(header_of(data))
    assert len(preferences) <= 50
    entries = {"en-US": "a", "fi": "b"}
    assert len(in_one_language(entries, preferences)) == 1
    assert in_one_language({}, preferences) == {}


@parser(*".[]\"'\\", "a", "result", '["a"]', "[0]", "[999999]", "\\ud800", "\\u0041", "$", " ", "\n")
def path_into_json(data):
    path = read_path(text_of(data))
    if path is not None:
        assert at({"a": [1]}, path) is None or at({"a": [1]}, path) in ([1], 1)


@parser(
    ".",
    "e30",
    "eyJhbGciOiJSUzI1NiJ9",
    "eyJhbGciOiJSUzI1NiIsIng1YyI6WyJBIl19",
    "eyJ4NWMiOltdfQ",
    "A",
    "_",
    "-",
    "=",
    "bnVsbA",
    "W10",
)
def signature(data):
    with suppress(BadSignature):
        verify(data, {}, Version.V1, _decode)
        raise AssertionError("an empty Statement is never signed")


@parser("boundary", "=", ";", '"', "multipart/mixed", " ", "*0*", "*", "''", "a", "\\", "charset", "%41", "\t", "(")
def boundary(data):
    with suppress(ApiError):
        assert multipart.boundary_of(header_of(data))


@parser(
    "--b",
    "--b--",
    "\r\n",
    "\n",
    "\r",
    ":",
    "a: b",
    "Content-Type: application/json",
    " ",
    "\0",
    "--",
    b"\xff",
    "X-Experience-API-Hash: ",
)
def multipart_body(data):
    """In pieces of one and of many bytes alike."""
    found = [_parts(data, size) for size in (1, 7, 65536)]
    assert found[0] == found[1] == found[2]


def _parts(data, size):
    stream = BytesIO(data)
    try:
        parts = multipart.Reader(lambda _wanted: stream.read(size), "b")
        return [(part.headers, b"".join(part.chunks)) for part in parts]
    except ApiError as error:
        return error.code


@parser(
    "{}\n",
    "\n",
    "[",
    "]",
    "{",
    "}",
    MINIMAL + "}\n",
    b"\x1f\x8b",
    b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
    b"\x03\x00",
    "\r",
)
def import_lines(data):
    with suppress(ApiError, BadGzipFile, EOFError, ZlibError):
        for line in import_files.lines(import_files.opened(BufferedReader(BytesIO(data)))):
            assert (line.received is None) == bool(line.reason)


@parser(*"&=%+", "grant_type", "client_credentials", "resource", "scope", "%00", "%", "%zz", "%C3", b"\xff", "a=1")
def oauth_form(data):
    with suppress(ApiError):
        form.parse(data)


@parser("Basic ", "basic", " ", "Og==", "YTpi", ":", "=", "%3A", "ä", "YQ==", b"\xff")
def authorization(data):
    _scheme, value = basic.split_header(header_of(data))
    basic.read(value)


@parser("lmsat_", "lmscs_", "lmsbt_", "A" * 49, "0", "_", "ä")
def credential(data):
    text = header_of(data)
    tokens.read(text)
    assert not secrets.has_form(text, secrets.BEARER_TOKEN) or text.isascii()


@parser(*".:%/", "::1", "10.0.0.1", "::ffff:", "fe80::1%eth0", "1" * 50, "[", "]", "٣")
def address(data):
    valid_address(header_of(data))


FILTER_WORDS = (
    *(
        "userName",
        "emails",
        "emails.value",
        "name.givenName",
        "active",
        "title",
        "meta.lastModified",
        "id",
        "schemas",
        USER + ":title",
    ),
    *(
        " eq ",
        " ne ",
        " co ",
        " sw ",
        " pr",
        " gt ",
        " and ",
        " or ",
        "not ",
        "(",
        ")",
        "[",
        "]",
        '"',
        '"a"',
        "true",
        "null",
        "1",
        "-1.5e3",
    ),
    *(
        '"2026-01-01T00:00:00Z"',
        "\\",
        '"\\u0000"',
        '"\\ud800"',
        " ",
        ".",
        ":",
        "$ref",
        "type",
        "value",
        "0001-01-01",
        '"0001-01-01T00:00:00+14:00"',
    ),
)


@parser(*FILTER_WORDS)
def scim_filter(data):
    model = published(SHAPE).provider.model_for("User")
    text = normalise.filter_text(text_of(data), TOLERANT)
    assert normalise.filter_text(text, TOLERANT) == text
    with suppress(SCIMException, Refusal, ValidationError):
        Translator(model, text).translate()


@parser(
    *JSON_WORDS,
    '"Operations"',
    '"op"',
    '"path"',
    '"value"',
    '"members"',
    '"add"',
    '"REMOVE "',
    '{"Operations":[{"op":"add"',
    "}]}",
)
def scim_body(data):
    """Never raises, and a second time changes nothing."""
    with suppress(ApiError):
        value = read_json(data)
        for tolerances in PRESETS.values():
            once = normalise.patch(value, tolerances)
            assert normalise.patch(once, tolerances) == once
            whole = normalise.resource(value, USER, tolerances, active=True)
            assert normalise.resource(whole, USER, tolerances, active=True) == whole


@parser("/", "Users", "users", ".search", "Bulk", "..", "%2F", "ä", "\0", "?")
def scim_path(data):
    path = _canonical(text_of(data))
    assert path.startswith("/")
    assert _canonical(path) == path


@parser(*"&=%+", "filter", "count", "cursor", "%00", "%ff", "ä", "a=1&", b"\xff")
def scim_query(data):
    request = RequestFactory().get("/scim/v2/Users")
    request.META["QUERY_STRING"] = data.decode("latin-1")
    with suppress(ApiError):
        _query(request)


@parser("A", "_", "-", "=", "\0", "ä", "AQEB", "WzEs")
def feed_cursor(data):
    with suppress(cursor.UnreadableCursor):
        cursor.decode(text_of(data), key=b"k", client_id="c")
        raise AssertionError("nobody can make one without the key")


@parser(
    *JSON_WORDS,
    '"items"',
    '"next"',
    '"uid"',
    '"rev"',
    '"event"',
    '"training"',
    '"start"',
    '"duration"',
    '"PT1H"',
    '"timeZone"',
)
def feed_page(data):
    with suppress(incoming.UnreadablePage):
        incoming.read_page(data, sent="", origin="https://lms.example.org")


@parser("P", "T", "1", "0", "D", "H", "M", "S", "W", ".", "-", "٣", "9" * 30, "PT1H30M")
def event_duration(data):
    with suppress(ValueError):
        seconds = parsed_duration(text_of(data))
        assert parsed_duration(duration_text(seconds)) == seconds
