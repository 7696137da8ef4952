"""The list of OAuth clients as CSV."""

import csv
import io

import pytest

from clients.pages.download import guarded, stream_csv
from tests import builders

URL = "/system/oauth-clients/download/"


def table(answer):
    return list(csv.reader(io.StringIO(b"".join(answer.streaming_content).decode())))


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("plain", "plain"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("+358", "'+358"),
        ("-1", "'-1"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("a=1", "a=1"),
    ],
)
def test_what_begins_like_a_formula_is_text(cell, written):
    assert guarded(cell) == written


def test_a_number_is_no_formula():
    answer = stream_csv("numbers", ["-a"], [[-0.5, -1, "-1", True]])
    assert table(answer) == [["'-a"], ["-0.5", "-1", "'-1", "True"]]


def test_download_is_the_filtered_list(root, world):
    builders.make_client(world.helsinki, name='=cmd|"x"', short_description="Ä, B", lrs_own=True, shared_events=True)
    answer = root.get(URL, {"access": "lrs-own"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="oauth-clients.csv"'
    heads, row = table(answer)
    columns = ["Name", "Description", "Updated", "Active", "Access", "Permission labels", "Last used"]
    assert heads == [*columns, "Client ID", "Requests per minute", "Requests at once"]
    assert row[:2] == ['\'=cmd|"x"', "Ä, B"]
    assert row[3:6] == ["Yes", "LRS own, Shared events", "HR / Helsinki"]


def test_download_holds_all_pages_and_only_what_is_in_reach(anna, world):
    for number in range(60):
        builders.make_client(world.helsinki, name=f"Client {number:02}")
    rows = table(anna.get(URL, {"sort": "name", "page": "2", "size": "25"}))[1:]
    assert [row[0] for row in rows] == [*(f"Client {number:02}" for number in range(60)), "Near"]


def test_button_keeps_the_search_and_is_absent_without_rows(root):
    assert f'href="{URL}?q=near"' in root.get("/system/oauth-clients/", {"q": "near"}).content.decode()
    assert "Download" not in root.get("/system/oauth-clients/", {"q": "zzz"}).content.decode()
