"""What gets installed: exact versions, all of them, and the bill of materials of it."""

import importlib.machinery
import importlib.util
import json
import re
import subprocess
import sys
from importlib.metadata import version

import pytest

from tests.gunicorn import ROOT

pytestmark = pytest.mark.any_database
CONSTRAINTS = dict(
    line.split("==") for line in (ROOT / "bin" / "constraints.txt").read_text().splitlines() if line[:1] != "#"
)


@pytest.fixture(scope="module")
def sbom():
    loader = importlib.machinery.SourceFileLoader("sbom", str(ROOT / "bin" / "sbom"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("sbom", loader))
    loader.exec_module(module)
    return module


def test_what_is_asked_for_is_asked_for_exactly(sbom):
    facts = sbom.project()
    for text in facts["dependencies"] + facts["optional-dependencies"]["dev"]:
        assert re.fullmatch(r"[a-z0-9-]+(\[[a-z0-9,-]+\])?==[0-9][0-9a-z.]*", text), text


def test_each_package_has_its_version_and_is_installed_in_it(sbom):
    facts = sbom.project()
    packages = sbom.tree(facts["dependencies"] + facts["optional-dependencies"]["dev"])
    assert sorted(CONSTRAINTS) == sorted(packages), "write bin/constraints.txt anew, as decision 077 says"
    assert {name: version(name) for name in packages} == CONSTRAINTS


def test_the_bill_lists_what_runs_and_nothing_of_the_tests(sbom):
    command = [sys.executable, ROOT / "bin" / "sbom"]
    first, second = (subprocess.run(command, capture_output=True, check=True).stdout for _ in range(2))
    assert first == second
    bill = json.loads(first)
    listed = {one["name"]: one for one in bill["components"]}
    assert listed.keys() == sbom.tree(sbom.project()["dependencies"]).keys()
    assert listed["django"]["purl"] == f"pkg:pypi/django@{CONSTRAINTS['django']}"
    assert all(one["licenses"] for one in listed.values())
    assert not {"pytest", "mypy", "playwright"} & listed.keys()
    refs = {one["bom-ref"] for one in [*bill["components"], bill["metadata"]["component"]]}
    assert {one["ref"] for one in bill["dependencies"]} == refs
    assert {inner for one in bill["dependencies"] for inner in one["dependsOn"]} <= refs
