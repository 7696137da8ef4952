"""The descriptions as this installation publishes them."""

import pytest
import yaml
from django.test import Client

from clients.descriptions import FILES
from clients.models import LmsSettings
from lms_oauth.settings import BASE_DIR

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted(FILES))
def test_anybody_reads_it_with_this_installations_addresses(name):
    answer = Client().get(f"/openapi/{name}.yaml")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/yaml")
    written = yaml.safe_load((BASE_DIR / "docs" / f"openapi-{name}.yaml").read_text())
    published = yaml.safe_load(answer.content)
    assert published.pop("servers") == [
        server | {"url": ("http://testserver" + server["url"]).rstrip("/")} for server in written.pop("servers")
    ]
    assert published == written


def test_the_address_is_the_one_in_settings():
    LmsSettings.objects.update_or_create(pk=1, defaults={"public_address": "https://lms.example.org"})
    LmsSettings.forget()
    document = yaml.safe_load(Client().get("/openapi/scim.yaml", secure=True).content)
    assert [server["url"] for server in document["servers"]] == [
        "https://lms.example.org/scim/v2",
        "https://lms.example.org/scim/{slug}/v2",
    ]


@pytest.mark.parametrize("name", ["nothing", "000"])
def test_there_are_no_others(name):
    assert Client().get(f"/openapi/{name}.yaml").status_code == 404
    assert Client().post("/openapi/scim.yaml").status_code == 405
