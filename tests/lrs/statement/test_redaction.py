"""One identifier replaced in a text, everything else left as it stands."""

import json

import pytest

from lrs.statement.identifiers import Identifier, read
from lrs.statement.redaction import Redaction

BY = Identifier("account", {"homePage": "http://lms", "name": "pseudonym-1"})
ACCOUNT = '"account":{"homePage": "http://lms", "name": "pseudonym-1"}'


def redacted(text, identifier="mbox=mailto:ann@Example.org"):
    return Redaction(read(identifier), BY).apply(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"mbox":"mailto:ann@example.org"}', "{" + ACCOUNT + "}"),
        ('{ "mbox" : "mailto:ann@EXAMPLE.org" , "name" : "Ann" }', "{ " + ACCOUNT + " }"),
        ('{"name":"Ann" ,  "mbox":"mailto:ann@example.org"}', "{" + ACCOUNT + "}"),
        (
            '{"name":"Ann", "mbox":"mailto:ann@example.org", "objectType":"Agent"}',
            "{" + ACCOUNT + ', "objectType":"Agent"}',
        ),
        (r'{"mb\u006fx":"mailto:\u0061nn@example.org"}', "{" + ACCOUNT + "}"),
        ('{"mbox":"mailto:joann@example.org"}', None),
        ('{"mbox":"mailto:ann@example.org.uk"}', None),
        ('{"mbox":"mailto:Ann@example.org", "n":1.50}', None),
        ('{"a":[ {"x":[{"mbox":"mailto:ann@example.org"}]} , 1e5]}', '{"a":[ {"x":[{' + ACCOUNT + "}]} , 1e5]}"),
        ('{"said":"Mail ann@example.org, or <ANN@example.org>."}', '{"said":"Mail pseudonym-1, or <pseudonym-1>."}'),
        ('{"mailto:ann@example.org":null}', '{"mailto:pseudonym-1":null}'),
        ('{"account":{"homePage":"http://x","name":"ann@example.org"}, "a": 1 }', None),
        ('{"said":"!ann@example.org ann@example.org.uk"}', None),
    ],
)
def test_mail_address(text, expected):
    assert redacted(text) == (text if expected is None else expected)


def test_other_identifiers():
    sha1 = "ab" * 20
    assert redacted(f'{{"mbox_sha1sum":"{sha1.upper()}"}}', f"mbox_sha1sum={sha1}") == "{" + ACCOUNT + "}"
    assert redacted('{"openid":"http://x/1"}', "openid=http://x/1") == "{" + ACCOUNT + "}"
    assert redacted('{"openid":"http://x/12"}', "openid=http://x/1") == '{"openid":"http://x/12"}'
    text = '{"name":"A","account":{"name":"7","homePage":"http://x"},"score":"7"}'
    assert redacted(text, "account=http://x|7") == "{" + ACCOUNT + ',"score":"7"}'
    assert redacted('{"account":"7","mbox":8,"openid":null}') == '{"account":"7","mbox":8,"openid":null}'


def test_what_is_left_is_known():
    redaction = Redaction(read("mbox=mailto:ann@example.org"), BY)
    assert redaction.left_in(redaction.apply('{"x":"joann@example.org"}'))
    assert not redaction.left_in(redaction.apply('{"x":"ann@example.org"}'))
    assert json.loads(redaction.apply(' {"x":"ann@example.org"}')) == {"x": "pseudonym-1"}


@pytest.mark.parametrize("text", ["", "mbox=ann@example.org", "name=Ann", "account=http://x", "account=|7", "openid=x"])
def test_no_identifiers(text):
    with pytest.raises(ValueError):
        read(text)
