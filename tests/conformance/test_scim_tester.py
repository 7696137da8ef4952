"""scim2-tester against an installation behind gunicorn: RFC 7643 and RFC 7644 as an independent tool reads them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import Status, check_server


@pytest.mark.parametrize("alias", [False, True])
def test_every_check_passes_and_none_is_skipped(installation, alias):
    slug = installation.create_configuration()
    client = installation.create_client("scim2-tester", "--scim-configuration", slug)
    base_url = f"{installation.url}/scim/{slug}/v2" if alias else f"{installation.url}/scim/v2"
    with Client(base_url=base_url, headers={"Authorization": f"Bearer {client['bearer_token']}"}) as http:
        results = check_server(SyncSCIMClient(http))
    good = {Status.SUCCESS, Status.COMPLIANT}
    assert [f"{one.status.name} {one.title}: {one.reason}" for one in results if one.status not in good] == []
    assert len(results) > 120


def test_scim_sanity_finds_nothing(installation):
    """Strict, users and groups; what it skips are resources the standard does not have."""
    client = installation.create_client("scim-sanity", "--scim-configuration", installation.create_configuration())
    command = [Path(sys.executable).with_name("scim-sanity"), "probe", f"{installation.url}/scim/v2"]
    command += ["--token", client["bearer_token"], "--strict", "--json-output"]
    done = subprocess.run([*command, "--i-accept-side-effects"], capture_output=True, text=True, check=False)
    report = json.loads(done.stdout)
    assert [one for one in report["results"] if one["status"] not in {"pass", "skip"}] == [], done.stdout
    assert [one for one in report["results"] if one["status"] == "pass"]
