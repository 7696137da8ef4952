"""Two administrators and what each may see."""

from types import SimpleNamespace

import pytest

from clients.models import LmsSettings
from tests import builders


@pytest.fixture
def world(db):
    """HR > Helsinki and Partners; Anna is limited to HR, and the superadmin is not."""
    hr = builders.make_label("HR")
    helsinki = builders.make_label("Helsinki", hr)
    partners = builders.make_label("Partners")
    made = SimpleNamespace(
        hr=hr,
        helsinki=helsinki,
        partners=partners,
        root=builders.make_superadmin("root"),
        anna=builders.make_administrator(hr, username="anna"),
        nobody=builders.make_administrator(username="nobody"),
        near=builders.make_client(helsinki, name="Near"),
        far=builders.make_client(partners, name="Far"),
        bare=builders.make_client(name="Bare"),
    )
    LmsSettings.current()
    return made


@pytest.fixture
def anna(client, world):
    client.force_login(world.anna)
    return client


@pytest.fixture
def root(client, world):
    client.force_login(world.root)
    return client
