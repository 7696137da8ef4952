"""django-scim2's own engine is not reachable: its view and its guard's place are all that is used."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver
from django_scim.settings import scim_settings
from django_scim.views import SCIMView

from scim.guard import unreachable
from scim.views import ScimView
from tests.scim.conftest import person

ROOT = Path(__file__).resolve().parents[2]
ENGINE_HOOKS = [
    "USER_ADAPTER",
    "GROUP_ADAPTER",
    "USER_FILTER_PARSER",
    "GROUP_FILTER_PARSER",
    "GROUP_MODEL",
    "USER_MODEL_GETTER",
]


def test_dispatch_is_the_shells():
    assert ScimView.dispatch is SCIMView.dispatch


def patterns(resolver, prefix=""):
    for one in resolver.url_patterns:
        text = prefix + str(one.pattern)
        yield from patterns(one, text) if isinstance(one, URLResolver) else [(text, one)]


def test_every_address_below_scim_is_our_view():
    below = [one for text, one in patterns(get_resolver()) if text.lstrip("^").startswith("scim")]
    assert len(below) > 20
    assert all(isinstance(one, URLPattern) and one.callback.view_class is ScimView for one in below)
    assert all(getattr(one.callback, "login_required", True) is False for one in below)


@pytest.mark.parametrize("hook", ENGINE_HOOKS)
def test_hooks_of_the_engine_raise(hook):
    assert getattr(scim_settings, hook) is unreachable
    with pytest.raises(RuntimeError, match="not used"):
        unreachable()


def imports(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


@pytest.mark.parametrize(
    ("library", "allowed"),
    [
        ("scim2_models", ["scim/protocol/"]),
        ("scim2_server", ["scim/protocol/"]),
        ("django_scim", ["scim/views/", "scim/errors.py", "scim/protocol/provider.py"]),
    ],
)
def test_libraries_are_imported_where_they_belong(library, allowed):
    apps = ("lms_oauth", "clients", "scim", "lrs", "shared_events")
    files = [path for app in apps for path in (ROOT / app).rglob("*.py")]
    using = {
        str(path.relative_to(ROOT)) for path in files if any(name.split(".")[0] == library for name in imports(path))
    }
    assert using
    assert [path for path in using if not path.startswith(tuple(allowed))] == []


def test_a_fresh_process_never_loads_the_engine():
    script = """
import os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
print(*sorted(name for name in sys.modules if name.startswith("django_scim.")))
"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert "django_scim.views" in done.stdout
    assert not {"django_scim.filters", "django_scim.adapters", "django_scim.urls"} & set(done.stdout.split())


@pytest.mark.django_db
def test_requests_of_each_kind_go_round_the_engine(directory, monkeypatch):
    def broken(*_args, **_kwargs):
        raise AssertionError("the other parser")

    monkeypatch.setattr("scim2_filter_parser.parser.SCIMParser.parse", broken)
    user = directory.created()
    assert directory.names('userName eq "u1@x.test"') == ["u1@x.test"]
    assert directory.send("PUT", f"/Users/{user['id']}", person(title="Boss")).status_code == 200
    assert directory.patch(user["id"], {"op": "replace", "path": "title", "value": "B"}).status_code == 200
    assert directory.post({"filter": "title pr"}, "/Users/.search").json()["totalResults"] == 1
    assert directory.send("DELETE", f"/Users/{user['id']}").status_code == 204
    assert not {"django_scim.filters", "django_scim.adapters", "django_scim.urls"} & set(sys.modules)
