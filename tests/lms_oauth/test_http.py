"""Strict JSON, bounded bodies, addresses of callers, and the base of all API views."""

import contextlib
import io
import json

import pytest
from django.db import OperationalError, ProgrammingError
from django.http import HttpRequest, JsonResponse
from django.http.request import UnreadablePostError
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from lms_oauth.errors import (
    ApiError,
    BodyTooLarge,
    HttpsRequired,
    InvalidRequest,
    MalformedJson,
    NotFound,
    TooManyRequests,
)
from lms_oauth.http import (
    MAX_JSON_DEPTH,
    ApiView,
    client_address,
    media_type,
    read_body,
    read_json,
    require_https,
    valid_address,
)

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    lambda children: (
        st.lists(children)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")), children)
    ),
)


class TestReadJson:
    @given(json_values, st.booleans())
    def test_what_is_valid_is_read(self, value, escaped):
        assert read_json(json.dumps(value, ensure_ascii=escaped).encode()) == value

    @pytest.mark.parametrize(
        ("body", "value"),
        [
            (b"\xef\xbb\xbf{}", {}),
            (b' [1, 2.5e3, "\\ud83d\\ude00"] ', [1, 2500.0, "😀"]),
            (b'"\\\\u0000"', "\\u0000"),  # an escaped backslash, no NUL
            (b'"\\\\\\\\u0000"', "\\\\u0000"),
            (b"-0", 0),
            (b"[" * MAX_JSON_DEPTH + b"]" * MAX_JSON_DEPTH, None),
        ],
    )
    def test_at_the_edge(self, body, value):
        read = read_json(body)
        assert value is None or read == value

    @pytest.mark.parametrize(
        ("body", "detail"),
        [
            (b"", "not valid JSON"),
            (b"{", "not valid JSON"),
            (b"{} {}", "not valid JSON"),
            (b"{'a': 1}", "not valid JSON"),
            (b"[1,]", "not valid JSON"),
            (b"01", "not valid JSON"),
            (b'"\n"', "not valid JSON"),
            (b"\xff", "not UTF-8 (byte 0)"),
            (b'"\xed\xa0\x80"', "not UTF-8 (byte 1)"),
            ('"x"'.encode("utf-16"), "not UTF-8"),
            (b"NaN", "NaN is not a JSON value"),
            (b"[-Infinity]", "-Infinity is not a JSON value"),
            (b"1e999", "out of range"),
            (b"[-1e999]", "out of range"),
            (b"1" * 5_000, "a number is too long"),
            (b'{"a": 1, "a": 1}', "a name is repeated"),
            (b'{"a": 1, "\\u0061": 2}', "a name is repeated"),
            (b'[{"b": {"a": 1, "a": 2}}]', "a name is repeated"),
            (b'"\\ud800"', "surrogate"),
            (b'{"\\udc00": 1}', "surrogate"),
            (b'["\\ude00\\ud83d"]', "surrogate"),
            (b'"\\u0000"', "NUL"),
            (b'"\\\\\\u0000"', "NUL"),
            (b'"\\\\u0000 \\u0000"', "NUL"),
            (b'{"\\u0000": 1}', "NUL"),
            (b'"\0"', "NUL"),
            (b"[" * (MAX_JSON_DEPTH + 1) + b"]" * (MAX_JSON_DEPTH + 1), "nested deeper than 100"),
            (b'{"a":' * 101 + b"1" + b"}" * 101, "nested deeper than 100"),
            (b"[" * 100_000 + b"]" * 100_000, "nested too deep"),
        ],
    )
    def test_refused(self, body, detail):
        with pytest.raises(MalformedJson) as refused:
            read_json(body)
        assert detail in refused.value.detail
        assert refused.value.status == 400

    @given(st.binary(max_size=200))
    def test_arbitrary_bytes_raise_malformed_json_only(self, body):
        try:
            value = read_json(body)
        except MalformedJson:
            return
        json.dumps(value, allow_nan=False).encode()

    @given(st.text(st.sampled_from('{}[]":,\\u0d8cNaIe19-+. \0tfn'), max_size=40))
    def test_text_that_is_nearly_json(self, text):
        with contextlib.suppress(MalformedJson):
            json.dumps(read_json(text.encode()), allow_nan=False)


class TestReadBody:
    def post(self, body=b"", **extra):
        return RequestFactory().post("/", body, "application/json", **extra)

    @pytest.mark.parametrize("length", [0, 9, 10])
    def test_up_to_the_limit(self, length):
        assert read_body(self.post(b"x" * length), 10) == b"x" * length

    def test_beyond_the_limit(self):
        with pytest.raises(BodyTooLarge) as refused:
            read_body(self.post(b"x" * 11), 10, setting="LRS_MAX_BODY_BYTES")
        assert refused.value.detail == "The body is larger than 10 bytes (LRS_MAX_BODY_BYTES sets it)."

    @pytest.mark.parametrize("declared", ["11", "0011", "9" * 5_000])
    def test_nothing_is_read_of_a_body_declared_too_large(self, declared):
        request = self.post()
        request._stream = None
        request.META["CONTENT_LENGTH"] = declared
        with pytest.raises(BodyTooLarge):
            read_body(request, 10)

    @pytest.mark.parametrize("declared", ["", "0", "2", "010", "0" * 5_000 + "2", "x", "-1", "٣"])
    def test_other_declarations(self, declared):
        request = self.post(b"{}")
        request.META["CONTENT_LENGTH"] = declared
        assert read_body(request, 10) == b"{}"

    def test_a_body_longer_than_declared_is_not_read_to_its_end(self):
        request = self.post()
        request._stream = stream = io.BytesIO(b"x" * 1_000)
        request.META["CONTENT_LENGTH"] = "5"
        with pytest.raises(BodyTooLarge):
            read_body(request, 10)
        assert stream.tell() == 11

    def test_zero_is_no_limit(self):
        assert len(read_body(self.post(b"x" * 100_000), 0)) == 100_000

    def test_a_body_that_breaks_off(self):
        class Broken:
            def read(self, *args):
                raise UnreadablePostError

        request = self.post()
        request._stream = Broken()
        with pytest.raises(InvalidRequest):
            read_body(request, 10)


@pytest.mark.parametrize(
    ("sent", "read"), [("Application/JSON; charset=x", "application/json"), ("", ""), (" a/b ;c", "a/b")]
)
def test_media_type(sent, read):
    request = HttpRequest()
    request.META["CONTENT_TYPE"] = sent
    assert media_type(request) == read


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "address"),
    [
        (0, "192.0.2.1", None, "192.0.2.1"),
        (0, "192.0.2.1", "198.51.100.1", "192.0.2.1"),
        (1, "192.0.2.1", "198.51.100.1", "198.51.100.1"),
        (1, "192.0.2.1", "203.0.113.1, 198.51.100.1", "198.51.100.1"),
        (2, "192.0.2.1", "203.0.113.1, 198.51.100.1", "203.0.113.1"),
        (2, "192.0.2.1", "198.51.100.1", "192.0.2.1"),
        (1, "192.0.2.1", None, "192.0.2.1"),
        (1, "192.0.2.1", "garbage", "192.0.2.1"),
        (1, "192.0.2.1", "198.51.100.1:8080", "192.0.2.1"),
        (1, "", "garbage", ""),
        (1, "unix:", "garbage", ""),
        (0, "unix:", None, ""),
        (0, "2001:db8::1", None, "2001:db8::1"),
    ],
)
def test_client_address(settings, proxies, peer, forwarded, address):
    settings.TRUSTED_PROXIES = proxies
    extra = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **extra)) == address


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("fe80::1%eth0", "fe80::1"),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("192.0.2.256", ""),
        ("192.0.2.1\0", ""),
        ("", ""),
    ],
)
def test_valid_address(text, address):
    """IPv4 is IPv4 also where one socket serves both families: a budget for the /64 would be everybody's."""
    assert valid_address(text) == address


@given(st.text())
def test_valid_address_never_raises(text):
    valid_address(text)


@pytest.mark.parametrize(("public", "secure"), [("http://x", False), ("http://x", True), ("https://x", True)])
def test_https_is_asked_for_where_addresses_have_it(public, secure):
    require_https(RequestFactory().get("/", secure=secure), public)
    with pytest.raises(HttpsRequired):
        require_https(RequestFactory().get("/"), "https://x")


class Example(ApiView):
    failure: Exception | None = None

    def get(self, request):
        if self.failure:
            raise self.failure
        return JsonResponse({"value": 1})

    def render_error(self, error):
        return JsonResponse({"code": error.code, "detail": error.detail}, status=error.status)


def answered(method="GET", failure=None):
    return Example.as_view(failure=failure)(RequestFactory().generic(method, "/"))


class TestApiView:
    def test_needs_no_login_and_no_csrf_token(self):
        view = Example.as_view()
        assert view.csrf_exempt
        assert view.login_required is False

    def test_head_is_get_without_the_body(self):
        head, get = answered("HEAD"), answered()
        assert (head.status_code, head.content) == (200, b"")
        assert head["Content-Length"] == str(len(get.content))

    @pytest.mark.parametrize("method", ["POST", "OPTIONS", "TRACE", "PROPFIND", "DISPATCH", "__INIT__", "RESPOND"])
    def test_other_methods(self, method):
        response = answered(method)
        assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
        assert json.loads(response.content)["code"] == "method_not_allowed"

    @pytest.mark.parametrize(
        ("error", "status", "headers"),
        [
            (NotFound("No."), 404, {}),
            (TooManyRequests("Slow.", retry_after_seconds=7), 429, {"Retry-After": "7"}),
            (ApiError("Bad.", headers={"X-A": "b"}), 400, {"X-A": "b"}),
        ],
    )
    def test_refusals_become_the_protocols_body(self, error, status, headers):
        response = answered(failure=error)
        assert (response.status_code, json.loads(response.content)["detail"]) == (status, error.detail)
        assert all(response[name] == value for name, value in headers.items())

    @pytest.mark.parametrize(
        "error", [ValueError("hidden detail"), ProgrammingError("hidden detail"), KeyError("hidden")]
    )
    def test_a_fault_is_logged_and_not_told(self, error, caplog):
        response = answered(failure=error)
        assert response.status_code == 500
        assert b"hidden" not in response.content
        assert "hidden" in caplog.text
        assert caplog.records[0].name == "lms_oauth.api"

    def test_a_locked_database_asks_to_come_back(self):
        response = answered(failure=OperationalError("database is locked"))
        assert (response.status_code, response["Retry-After"]) == (503, "1")

    def test_a_base_without_a_body_of_errors_is_not_finished(self):
        with pytest.raises(NotImplementedError):
            ApiView.as_view()(RequestFactory().get("/"))
