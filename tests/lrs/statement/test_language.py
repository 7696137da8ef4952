"""Accept-Language against language maps (RFC 9110 §12.5.4, RFC 4647 §3.4)."""

import pytest

from lrs.statement.language import in_one_language, read_preferences


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("", []),
        ("de", ["de"]),
        ("de-CH, fr;q=0.5, en;q=0.8", ["de-ch", "en", "fr"]),
        ("de;q=0, en", ["en"]),
        ("a, b, c", ["a", "b", "c"]),
        ("*, en;q=0.1", ["*", "en"]),
        ("de;q=2, en;q=x, ü, ;, en-US;Q=0.3", ["en-us"]),
        (",".join(["de"] * 500), ["de"] * 50),
    ],
)
def test_preferences(header, wanted):
    assert read_preferences(header) == wanted


MAP = {"en-US": 1, "en-GB": 2, "de": 3, "zh-Hant-CN": 4, "zh-Hant": 5}


@pytest.mark.parametrize(
    ("preferences", "chosen"),
    [
        ([], "en-US"),
        (["de"], "de"),
        (["de-CH-1996"], "de"),
        (["EN-gb"], "en-GB"),
        (["en"], "en-US"),  # by prefix, the first of them
        (["en-AU"], "en-US"),  # nothing for en-AU nor en: the default is the first
        (["en-AU", "de"], "de"),
        (["zh-Hant-CN-x-private"], "zh-Hant-CN"),
        (["zh-Hant-TW"], "zh-Hant"),
        (["fr", "*"], "en-US"),
        (["d"], "en-US"),
    ],
)
def test_one_entry(preferences, chosen):
    lower = [one.lower() for one in preferences]
    assert in_one_language(MAP, lower) == {chosen: MAP[chosen]}
    assert in_one_language({}, lower) == {}
