"""Every credential of a long day is sought everywhere it could have been left: tables, logs, mails, pages of faults."""

import base64
import logging
import sys
from urllib.parse import quote

import pytest
from django.apps import apps
from django.core import mail
from django.db import connection
from django.test import RequestFactory
from django.utils.log import AdminEmailHandler
from django.views.debug import technical_500_response

from clients import actions, secrets, tokens
from clients.rights import Service
from lms_oauth.errors import ApiError
from tests.access_cases import access_token, make_client_for, set_active
from tests.builders import BY
from tests.headers import basic, bearer
from tests.probe import ADDRESSES

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.probe")]
FORM = "application/x-www-form-urlencoded"
PIECE = 16  # characters in a row that nobody may find


def forms_of(value):
    """The value raw, percent-encoded, in base64 at each alignment, in hexadecimal; and long pieces of it."""
    yield from (value[start : start + PIECE] for start in range(6, len(value) - PIECE + 1, 4))
    yield value.encode().hex()
    yield "".join(f"%{byte:02X}" for byte in value.encode())
    yield quote(value)
    for shift in range(3):
        encoded = base64.b64encode(b"x" * shift + value.encode()).decode()
        yield encoded[8:-8]


def assert_absent(text, values, where):
    for value in values:
        for form in forms_of(value):
            assert form not in text, where


def everything_stored():
    with connection.cursor() as cursor:
        for model in apps.get_models(include_auto_created=True):
            table = model._meta.db_table
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")
            for row in cursor.fetchall():
                for cell in row:
                    raw = bytes(cell) if isinstance(cell, memoryview | bytes) else str(cell).encode()
                    yield table, raw.decode("latin-1")


def a_long_day(client):
    """Every way a credential travels, right and wrong; returns all values there were."""
    made, other = make_client_for(*Service), make_client_for(Service.XAPI)
    values = [made.secret, made.bearer, other.secret, other.bearer]
    for header in (basic(made.client_id, made.secret), {}):
        pair = "" if header else f"&client_id={made.client_id}&client_secret={made.secret}"
        token = client.post("/oauth2/token", "grant_type=client_credentials" + pair, FORM, **header).json()
        values.append(token["access_token"])
        for name in ("introspect", "revoke"):
            client.post(f"/oauth2/{name}", f"token={token['access_token']}" + pair, FORM, **header)
    for value in values:
        for address in ADDRESSES.values():
            client.get(address, **bearer(value))
            client.get(address, **basic(value, value))
            client.post(f"{address}?access_token={value}", f"access_token={value}", FORM)
        for name in ("token", "introspect", "revoke"):
            client.post(f"/oauth2/{name}", f"grant_type={value}&scope={value}&resource={value}", FORM, **bearer(value))
            client.post(f"/oauth2/{name}?client_secret={value}", f"client_id={value}&client_secret={value}", FORM)
            client.post(f"/oauth2/{name}", f"token={value}&scope={value}", FORM, **basic(made.client_id, made.secret))
    values += [actions.regenerate_secret(made.client, by=BY).value, actions.regenerate_token(made.client, by=BY).value]
    set_active(made.client, active=False)
    for value in values:
        client.get(ADDRESSES[Service.XAPI], **bearer(value))
        client.get(ADDRESSES[Service.XAPI], **basic(made.client_id, value))
    return values


def line_of(record):
    """Message and whatever else a formatter could show, but for the request itself."""
    return str({name: value for name, value in vars(record).items() if name != "request"}) + record.getMessage()


@pytest.fixture
def every_log(caplog):
    """DEBUG everywhere, except where the product itself holds a library back."""
    caplog.set_level(logging.DEBUG)
    for name in ("django", "django.request", "clients", "lms_oauth", "urllib3"):
        caplog.set_level(logging.DEBUG, name)
    return caplog


def test_nothing_is_left_in_tables_logs_and_mails(client, every_log):
    values = a_long_day(client)
    assert len(values) == 8
    for table, cell in everything_stored():
        assert_absent(cell, values, table)
    lines = [line_of(record) for record in every_log.records if record.name != "django.db.backends"]
    assert len(lines) > 100
    assert not any("access_token=" in line or "client_secret=" in line for line in lines)
    assert_absent("\n".join(lines), values, "log")
    assert_absent("\n".join(str(message.message()) for message in mail.outbox), values, "mail")


@pytest.mark.parametrize("name", ["oauthlib", "oauth2_provider"])
def test_f30_the_libraries_log_no_tokens(name):
    assert logging.getLogger(f"{name}.oauth2.rfc6749.tokens").getEffectiveLevel() >= logging.INFO


def explode(*args, **kwargs):
    raise RuntimeError("forced")


FORCED = [
    ("secrets.digest", lambda made: ("/oauth2/token", basic(made.client_id, made.secret), "")),
    (
        "secrets.digest",
        lambda made: ("/oauth2/token", {}, f"&client_id={made.client_id}&client_secret={made.secret}"),
    ),
    ("tokens.issue", lambda made: ("/oauth2/token", basic(made.client_id, made.secret), "")),
    ("tokens.is_authentic", lambda made: (ADDRESSES[Service.SCIM], bearer(access_token(made)), "")),
    ("secrets.same", lambda made: (ADDRESSES[Service.SCIM], bearer(made.bearer), "")),
    ("secrets.same", lambda made: (ADDRESSES[Service.XAPI], basic(made.client_id, made.secret), "")),
]


@pytest.mark.parametrize(("function", "request_of"), FORCED, ids=[f"{n}-{name}" for n, (name, _f) in enumerate(FORCED)])
def test_f30_nothing_on_the_page_and_in_the_mail_of_a_forced_exception(
    client, monkeypatch, caplog, settings, function, request_of
):
    made = make_client_for(*Service)
    path, header, pair = request_of(made)
    values = [made.secret, made.bearer, *(value.split()[1] for value in header.values() if "lmsat_" in value)]
    module, name = function.split(".")
    monkeypatch.setattr({"secrets": secrets, "tokens": tokens}[module], name, explode)
    pages = []

    def keep(error):
        request = RequestFactory().post(path, "", FORM, **header)
        pages.append(technical_500_response(request, *sys.exc_info()).content.decode())
        settings.ADMINS = [("Operator", "operator@example.org")]
        record = logging.makeLogRecord({"msg": "fault", "levelno": logging.ERROR, "levelname": "ERROR"})
        record.exc_info, record.request = sys.exc_info(), request
        AdminEmailHandler(include_html=True).emit(record)
        return ApiError("x")

    monkeypatch.setattr("lms_oauth.http.refusal_of", keep)
    client.post(path, "grant_type=client_credentials" + pair, FORM, **header)
    assert len(pages) == 1
    assert "RuntimeError" in pages[0]
    sent = [value for value in values if value]
    assert_absent(pages[0], sent, "debug page")
    assert_absent("\n".join(str(message.message()) for message in mail.outbox), sent, "mail")
    assert_absent(caplog.text, sent, "log")
