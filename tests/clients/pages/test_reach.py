"""What an administrator limited by labels may open: all else is 404, as if it were not there."""

import contextlib

import pytest
from django.db import connection
from django.http import Http404
from django.utils import timezone

from clients.administration import Action
from clients.models import Client
from clients.pages.reach import find

CLIENT_PAGES = [
    ("get", ""),
    ("post", ""),
    ("get", "credentials/"),
    ("get", "credentials/regenerate-secret/"),
    ("post", "credentials/regenerate-secret/"),
    ("get", "credentials/regenerate-token/"),
    ("post", "credentials/regenerate-token/"),
]
LABEL_PAGES = [("get", ""), ("post", ""), ("get", "usage/"), ("get", "delete/"), ("post", "delete/")]


@pytest.mark.parametrize(("method", "page"), CLIENT_PAGES)
@pytest.mark.parametrize(
    ("who", "what", "found"),
    [
        ("root", "near", True),
        ("root", "far", True),
        ("root", "bare", True),
        ("anna", "near", True),
        ("anna", "far", False),
        ("anna", "bare", False),
        ("nobody", "near", False),
        ("nobody", "bare", False),
    ],
)
def test_client_pages(client, world, method, page, who, what, found):
    client.force_login(getattr(world, who))
    answer = getattr(client, method)(f"/system/oauth-clients/{getattr(world, what).pk}/{page}")
    assert (answer.status_code != 404) is found


@pytest.mark.parametrize(("method", "page"), LABEL_PAGES)
@pytest.mark.parametrize(
    ("who", "what", "found"),
    [
        ("root", "partners", True),
        ("anna", "hr", True),
        ("anna", "helsinki", True),
        ("anna", "partners", False),
        ("nobody", "hr", False),
    ],
)
def test_label_pages(client, world, method, page, who, what, found):
    client.force_login(getattr(world, who))
    answer = getattr(client, method)(f"/system/permission-labels/{getattr(world, what).pk}/{page}")
    assert (answer.status_code != 404) is found


@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("root", "oauth-clients/add/", 200),
        ("anna", "oauth-clients/add/", 200),
        ("nobody", "oauth-clients/add/", 403),
        ("anna", "permission-labels/add/", 200),
        ("nobody", "permission-labels/add/", 403),
        ("root", "settings/", 200),
        ("anna", "settings/", 403),
        ("nobody", "oauth-clients/", 200),
        ("nobody", "permission-labels/", 200),
    ],
)
def test_other_pages(client, world, who, path, status):
    client.force_login(getattr(world, who))
    assert client.get(f"/system/{path}").status_code == status


@pytest.mark.parametrize(
    ("who", "entries"),
    [
        ("root", {"OAuth clients", "Permission labels", "Settings"}),
        ("anna", {"OAuth clients", "Permission labels"}),
        ("nobody", set()),
    ],
)
def test_menu_shows_what_the_administrator_may_open(client, world, who, entries):
    client.force_login(getattr(world, who))
    answer = client.get("/system/")
    shown = {str(item.label) for item in answer.context["menu"]}
    assert shown & {"OAuth clients", "Permission labels", "Settings"} == entries
    assert ("Nothing here is within your permissions" in answer.content.decode()) is not entries or entries


def test_menu_marks_the_current_page_and_the_section(root, world):
    def current(path):
        return [item.current for item in root.get(path).context["menu"] if item.url == "/system/oauth-clients/"]

    assert current("/system/oauth-clients/") == ["page"]
    assert current(f"/system/oauth-clients/{world.near.pk}/") == ["true"]
    assert current("/system/settings/") == [""]


@pytest.mark.parametrize("questions", [1, 2, 3])
def test_what_is_deleted_between_two_questions_is_missing_and_not_forbidden(world, questions):
    asked = []

    def delete_after(execute, sql, parameters, many, context):
        answer = execute(sql, parameters, many, context)
        asked.append(sql)
        if len(asked) == questions:
            Client.objects.filter(pk=world.near.pk).update(deleted_at=timezone.now())
        return answer

    with connection.execute_wrapper(delete_after), contextlib.suppress(Http404):
        assert find(Client.objects.all(), world.root, world.near.pk, Action.EDIT) == world.near
