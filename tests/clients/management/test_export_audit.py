import csv
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from tests import builders

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> list[str]:
    out = StringIO()
    call_command("export_audit", *arguments, stdout=out)
    return out.getvalue().splitlines()


def test_lines_of_json_oldest_first():
    first, second = builders.make_client(name="Ensimmäinen"), builders.make_client()
    rows = [json.loads(line) for line in run()]
    assert [row["object_name"] for row in rows] == [first.name, second.name]
    assert rows[0]["action"] == "client_created"
    assert json.loads(rows[0]["facts"])["name"] == "Ensimmäinen"
    assert rows[0]["at"].endswith("+00:00")


def test_csv_has_the_same_columns():
    builders.make_client(name='A "quoted", name')
    (row,) = csv.DictReader(run("--csv"))
    assert row["object_name"] == 'A "quoted", name'
    assert set(row) == set(json.loads(run()[0]))


def test_since():
    builders.make_client()
    assert len(run("--since", "2020-01-01")) == 1
    assert run("--since", "2100-01-01") == []
    with pytest.raises(CommandError, match="since"):
        run("--since", "yesterday")
