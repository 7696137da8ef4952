"""What all benchmarks print, as one page of Markdown."""

import pytest

from benchmarks.markdown import BEGIN, END, page, replaced, section
from tests.gunicorn import ROOT

pytestmark = pytest.mark.any_database
PRINTED = """
sqlite, 20000 clients
                              ms   ratio   limit
floor: SELECT              0.412
bearer token               0.603    1.46     2.2
xAPI Basic                 1.203    2.91     2.6 exceeded

postgresql, 20000 clients
                              ms   ratio   limit
floor: SELECT              0.512
"""


def test_each_table_has_its_heads_and_floors():
    made = section("Authentication", "python -m benchmarks.auth", PRINTED, 1)
    assert made.splitlines() == [
        "### Authentication",
        "",
        "`python -m benchmarks.auth`: **a limit was exceeded**.",
        "",
        "sqlite, 20000 clients",
        "",
        "|  | ms | ratio | limit |",
        "| --- | ---: | ---: | ---: |",
        "| floor: SELECT | 0.412 |  |  |",
        "| bearer token | 0.603 | 1.46 | 2.2 |",
        "| xAPI Basic | 1.203 | 2.91 | 2.6 exceeded |",
        "",
        "postgresql, 20000 clients",
        "",
        "|  | ms | ratio | limit |",
        "| --- | ---: | ---: | ---: |",
        "| floor: SELECT | 0.512 |  |  |",
    ]


def test_one_that_breaks_off_is_said():
    assert section("X", "x", "", 2) == "### X\n\n`x`: **broke off with 2**."


def test_only_what_stands_between_the_marks_is_replaced():
    document = f"# Words\n{BEGIN}\nold\n{END}\nmore\n"
    once = replaced(document, page("today", ["### X"]))
    assert once == f"# Words\n{BEGIN}\n\nMeasured today.\n\n### X\n\n{END}\nmore\n"
    assert replaced(once, page("today", ["### X"])) == once
    with pytest.raises(ValueError, match="expected"):
        replaced("# Words", "x")


def test_the_document_has_the_marks():
    document = (ROOT / "docs" / "performance.md").read_text()
    assert document.count(BEGIN) == document.count(END) == 1
