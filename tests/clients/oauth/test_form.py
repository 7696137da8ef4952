"""Bodies of the OAuth endpoints: anything but what RFC 6749 allows is refused, whatever the bytes."""

import contextlib
import io

import pytest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from clients.oauth.form import MAX_BYTES, MAX_FIELDS, parse, read_form
from lms_oauth.errors import ApiError, BodyTooLarge, InvalidRequest, UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"


def post(body=b"", content_type=FORM, query="", **extra):
    return RequestFactory().generic("POST", f"/oauth2/token?{query}", body, content_type, **extra)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        (b"", {}),
        (b"&&", {}),
        (b"a=1&b=2", {"a": ["1"], "b": ["2"]}),
        (b"a=&b", {}),
        (b"scope=xapi%3Aread+scim", {"scope": ["xapi:read scim"]}),
        (b"a=%C3%A9", {"a": ["é"]}),
        (b"a=b=c", {"a": ["b=c"]}),
        (b"resource=x&resource=y", {"resource": ["x", "y"]}),
        (b"%61=1", {"a": ["1"]}),
    ],
)
def test_fields(body, fields):
    assert parse(body).fields == fields


@pytest.mark.parametrize(
    "body",
    [
        b"a=1&a=1",
        b"a=1&a=2",
        b"a=&a=1",
        b"a=1&%61=2",
        b"unknown=1&unknown=1",
        b"a=%",
        b"a=%zz",
        b"%=1",
        b"a=%00",
        b"a\0=1",
        b"a=\xff",
        b"a=%ED%A0%80",  # half a surrogate pair
        b"&".join(b"f%d=1" % number for number in range(MAX_FIELDS + 1)),
    ],
)
def test_refused(body):
    with pytest.raises(InvalidRequest):
        parse(body)


@given(st.binary(max_size=300))
def test_arbitrary_bytes_raise_only_api_errors(body):
    with contextlib.suppress(ApiError):
        assert all(values and all(values) for values in parse(body).fields.values())


@given(st.binary(max_size=100), st.text(max_size=60), st.binary(max_size=60))
def test_arbitrary_requests_raise_only_api_errors(body, content_type, query):
    request = post(body, QUERY_STRING=query.decode("latin-1"))
    request.META["CONTENT_TYPE"] = content_type
    with contextlib.suppress(ApiError):
        read_form(request)


@pytest.mark.parametrize(
    "content_type", [FORM, FORM.upper(), f"{FORM}; charset=UTF-8", f"{FORM};charset=utf-8", f" {FORM} "]
)
def test_media_type_in_every_spelling(content_type):
    assert read_form(post(b"a=1", content_type)).get("a") == "1"


@pytest.mark.parametrize("content_type", ["", "multipart/form-data; boundary=x", "application/json", "text/plain", "x"])
def test_other_media_types(content_type):
    with pytest.raises(UnsupportedMediaType):
        read_form(post(b"grant_type=client_credentials", content_type))


def test_a_body_at_the_limit_and_one_beyond():
    assert read_form(post(b"a=" + b"x" * (MAX_BYTES - 2))).get("a")
    with pytest.raises(BodyTooLarge):
        read_form(post(b"a=" + b"x" * (MAX_BYTES - 1)))


def test_a_declared_length_beyond_the_limit_is_refused_without_reading():
    request = post(b"a=1")
    request._stream = io.BytesIO()
    request.META["CONTENT_LENGTH"] = "9" * 5_000
    with pytest.raises(BodyTooLarge):
        read_form(request)


@pytest.mark.parametrize(
    "query", ["client_id=x", "a=1&client_secret=", "grant_type", "%67rant_type=x", "access_token=x", "resource=x"]
)
def test_oauth_parameters_in_the_address_are_refused(query):
    with pytest.raises(InvalidRequest):
        read_form(post(b"a=1", query=query))


@pytest.mark.parametrize("query", ["", "tenant=1", "%zz", "a=%ff", "a=1&a=2", "=client_id"])
def test_other_parameters_in_the_address_are_ignored(query):
    assert read_form(post(b"a=1", query=query)).get("a") == "1"


def test_values_stay_out_of_its_text_form():
    assert repr(parse(b"client_secret=hidden")) == "Form(['client_secret'])"


def test_absent_is_empty():
    form = parse(b"a=1")
    assert (form.get("b"), form.all("b")) == ("", [])
