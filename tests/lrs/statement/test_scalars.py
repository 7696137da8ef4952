import pytest

from lrs.statement import scalars
from lrs.statement.types import Version

CASES = {
    "iri": (
        ["http://a", "urn:x:y", "course-v1:A+B", "uuid://7d4f", "http://ä.example/ö?q=1#f", "http://a/%C3%A4", "x:%20"],
        [
            "",
            "a",
            "/a",
            "//a/b",
            "example.org/a",
            ":a",
            "1a:b",
            "ab=c://x",
            "http:",
            "http://a b",
            "http://a\n",
            "http://a<b>",
            'http://"',
            "http://a|b",
            "http://a\\b",
            "http://a^",
            "http://a`",
            "http://{x}",
            "http://a%",
            "http://a%2",
            "http://a%zz",
            "http://a\x7f",
            "http://a\u00a0b",
            "ä:b",
        ],
    ),
    "uri": (["http://openid.example/me"], ["http://openid.example/mä", "me", "ab=c://should.fail.com"]),
    "uuid": (
        [
            "9dc99b37-e920-4a68-a066-917faca28949",
            "9DC99B37-E920-4A68-A066-917FACA28949",
            "00000000-0000-0000-0000-000000000000",
            "ffffffff-ffff-ffff-ffff-ffffffffffff",
        ],
        [
            "",
            "9dc99b37e9204a68a066917faca28949",
            "{9dc99b37-e920-4a68-a066-917faca28949}",
            "9dc99b37-e920-4a68-a066-917faca2894",
            "9dc99b37-e920-4a68-a066-917faca28949\n",
            "gdc99b37-e920-4a68-a066-917faca28949",
            "\uff19dc99b37-e920-4a68-a066-917faca28949",
        ],
    ),
    "mailto": (
        ["mailto:a@b", "mailto:a.b+c@example.org", "mailto:ä@example.org"],
        [
            "a@b",
            "mailto:",
            "mailto:a",
            "mailto:@b",
            "mailto:a@",
            "mailto:a b@c",
            "mailto:a@b@c",
            "Mailto:a@b",
            "mailto:a@b\n",
            "mailto:a@b?subject=x",
            "mailto:a@b,c@d",
            "mailto: a@b",
            "mailto:<a@b>",
        ],
    ),
    "sha1": (["a" * 40, "A" * 40, "0123456789" * 4], ["a" * 39, "a" * 41, "g" * 40, "a" * 40 + "\n", ""]),
    "sha2": (["a" * 56, "B" * 64, "c" * 96, "d" * 128], ["a" * 40, "a" * 63, "a" * 65, "g" * 64, ""]),
    "media_type": (
        ["text/plain", "application/octet-stream", "text/plain; charset=utf-8", 'a/b;c="d e"', "image/svg+xml"],
        ["", "text", "text/", "/plain", "text/plain;", "text plain", "text/pl ain", "text/plain\n", "a/b; c"],
    ),
    "language_tag": (
        [
            "en",
            "en-US",
            "en-us",
            "und",
            "fin",
            "zh-Hant-TW",
            "sl-rozaj-biske-1994",
            "de-CH-1901",
            "es-419",
            "zh-min-nan",
            "en-a-myext-b-another",
            "x-private",
            "de-x-a",
            "i-klingon",
            "I-Klingon",
            "sgn-BE-FR",
            "en-GB-oed",
            "art-lojban",
            "zh-cmn-Hans-CN",
            "abcd",
            "abcdefgh",
            "hy-Latn-IT-arevela",
        ],
        [
            "",
            "e",
            "en_US",
            "en-",
            "-en",
            "abcdefghi",
            "en-abcdefghi",
            "i-unknown",
            "123",
            "en-a",
            "en--us",
            "x",
            "x-",
            "en\n",
            "ën",
            "a-DE",
            "en-x",
            "en-US-US",
        ],
    ),
}


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(("check", "text"), [(name, text) for name, (good, _) in CASES.items() for text in good])
def test_accepts(check, text, version):
    assert not getattr(scalars, check)(text, version)


@pytest.mark.parametrize("version", Version)
@pytest.mark.parametrize(
    ("check", "text"),
    [(name, text) for name, (_, bad) in CASES.items() for text in [*bad, None, 1, True, {}, [], 1.5, "x" * 64_000]],
)
def test_refuses(check, text, version):
    problems = getattr(scalars, check)(text, version)
    assert len(problems) == 1
    assert problems[0].reason


def test_language_map_data_4_2():
    check = scalars.language_map
    assert not check({}, Version.V1)
    assert not check({"en": "", "x-pirate": "Arr"}, Version.V1)
    assert [str(p) for p in check({"en_US": "a", "fi": None, "sv": 1}, Version.V1)] == [
        "en_US: not a language tag (RFC 5646)",
        "fi: must be a string, not null",
        "sv: must be a string, not a number",
    ]


def test_extensions_take_any_value_data_4_1():
    check = scalars.extensions
    assert not check({"http://x": None, "urn:a": {"b": [None, {}]}, "a:b": ""}, Version.V1)
    assert [str(p) for p in check({"x": 1}, Version.V1)] == ["x: an extension's key must be an IRI with a scheme"]
    assert [str(p) for p in check([], Version.V1)] == ["must be an object, not an array"]


def test_what_is_remembered_is_bounded():
    long = "http://example.org/" + "a" * 300_000
    assert scalars.is_iri(long)
    assert not scalars.is_iri(long + " ")
