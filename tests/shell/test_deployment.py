"""The files of docs/deployment, step by step: what they name is there, and what they start answers."""

import configparser
import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest
import requests

from tests.gunicorn import ROOT
from tests.shell.test_serve import ENVIRONMENT, free_port, wait_for

pytestmark = pytest.mark.any_database
DEPLOYMENT = ROOT / "docs" / "deployment"
UNITS = ["lms-web.service", "lms-worker.service"]


def steps():
    """The Containerfile as (instruction, argument)."""
    lines = (DEPLOYMENT / "Containerfile").read_text().splitlines()
    return [tuple(line.split(maxsplit=1)) for line in lines if line and not line.startswith("#")]


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    """The file system that the steps of the first stage leave, with the packages of this environment."""
    made = tmp_path_factory.mktemp("image")
    (made / ".venv").symlink_to((ROOT / ".venv").resolve())
    first_stage = steps()[: [name for name, _ in steps()].index("USER")]
    for instruction, argument in first_stage:
        if instruction == "COPY" and "--from" not in argument:
            copy(argument.split(), made)
        elif instruction == "RUN":
            done = subprocess.run(
                argument, shell=True, cwd=made, env=ENVIRONMENT, capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, f"{argument}: {done.stderr}"
    return made


def copy(names, made):
    *sources, target = names
    for source in sources:
        if (ROOT / source).is_dir():
            shutil.copytree(ROOT / source, made / target, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(ROOT / source, made / target)


def contents(made):
    """Path, size and time of every file but those of the packages."""
    found = (Path(place) / name for place, _, names in os.walk(made) for name in names)
    return {(str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in found}


def test_the_image_serves_and_is_not_written_to(image, tmp_path):
    port, printed = free_port(), tmp_path / "printed.txt"
    variables = dict(pair.split("=", 1) for name, told in steps() if name == "ENV" for pair in told.split())
    variables |= {
        "SECRET_KEY": "k" * 64,
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "LRS_ATTACHMENT_STORAGE": str(tmp_path / "attachments"),
        "PORT": str(port),
    }
    environment = ENVIRONMENT | variables
    subprocess.run([".venv/bin/python", "manage.py", "migrate", "-v0"], cwd=image, env=environment, check=True)
    before = contents(image)
    (command,) = (told for name, told in steps() if name == "CMD")
    command = [part.replace("0.0.0.0:8000", f"127.0.0.1:{port}") for part in re.findall(r'"([^"]*)"', command)]
    with printed.open("w") as output:
        process = subprocess.Popen(command, cwd=image, env=environment, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_for(f"http://127.0.0.1:{port}", process, printed)
        assert requests.get(f"http://127.0.0.1:{port}/readyz", timeout=30).status_code == 200
        page = requests.get(f"http://127.0.0.1:{port}/account/login/", timeout=30)
        (sheet,) = re.findall(r'href="(/static/css/[^"]+)"', page.text)
        assert requests.get(f"http://127.0.0.1:{port}{sheet}", timeout=30).status_code == 200
    finally:
        process.terminate()
        process.wait(timeout=30)
    assert contents(image) == before


def test_the_image_runs_as_nobody_and_holds_no_secret():
    told = steps()
    assert ("USER", "65534:65534") in told
    assert [name for name, _ in told].count("FROM") == 2
    assert not re.search(r"SECRET_KEY=(?!of-this-step-alone)", (DEPLOYMENT / "Containerfile").read_text())
    assert not [argument for name, argument in told if name == "ENV" and "KEY" in argument]


def test_every_package_of_the_project_is_in_the_image(image):
    project = (ROOT / "pyproject.toml").read_text()
    packages = re.search(r"root_packages = \[(.*)\]", project)[1]
    assert all((image / name.strip(' "') / "__init__.py").exists() for name in packages.split(","))


@pytest.mark.parametrize("name", UNITS)
def test_a_unit_starts_what_is_there_without_privileges(name):
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str
    unit.read(DEPLOYMENT / name)
    service = unit["Service"]
    assert {service[key] for key in ("NoNewPrivileges", "PrivateTmp", "RestrictSUIDSGID")} == {"yes"}
    assert (service["ProtectSystem"], service["CapabilityBoundingSet"]) == ("strict", "")
    command = shlex.split(service["ExecStart"].replace("/srv/lms", str(ROOT)))
    command += ["--check-config"] if "gunicorn" in command[0] else ["--help"]
    environment = ENVIRONMENT | {"SECRET_KEY": "k" * 64, "DATABASE_URL": "sqlite://:memory:"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_every_name_in_the_environment_file_is_one_that_is_read():
    table = (ROOT / "README.md").read_text()
    lines = (DEPLOYMENT / "environment.example").read_text().splitlines()
    names = [line.split("=")[0].removesuffix("_FILE") for line in lines if line and not line.startswith("#")]
    assert len(names) > 3
    assert all(f"| `{name}`" in table for name in names)
