"""All statements of a file that is too large for the repository, where it is at hand: in, out, and in again.

XAPI_STATEMENTS names it, JSON Lines as .gz; by default it is looked for in a folder beside the checkout.
"""

import gzip
import io
import json
import os
from pathlib import Path

import pytest
from django.core.management import call_command

BESIDE = Path(__file__).parents[4] / "shared" / "data" / "xapi" / "statements-fun-mooc.jsonl.gz"
FILE = Path(os.environ.get("XAPI_STATEMENTS") or BESIDE)
OWNED = ("stored", "authority", "version")

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not FILE.exists(), reason="the file of real statements is not at hand"),
]


def members(text):
    return {name: value for name, value in json.loads(text).items() if name not in OWNED}


def test_all_are_accepted_given_back_equal_and_known_the_next_time(own):
    lines = gzip.decompress(FILE.read_bytes()).splitlines()
    assert len(lines) >= 20_000

    def told(command, *arguments, **options):
        out = io.StringIO()
        call_command(command, *arguments, stdout=out, stderr=io.StringIO(), client=own.credentials.client_id, **options)
        return out.getvalue()

    assert f"{len(lines)} stored, 0 known already, 0 refused" in told("import_statements", str(FILE))
    back = told("export_statements").splitlines()
    assert len(back) == len(lines)
    assert all(members(one) == members(sent) for one, sent in zip(back, lines, strict=True))
    assert f"0 stored, {len(lines)} known already, 0 refused" in told("import_statements", str(FILE))
