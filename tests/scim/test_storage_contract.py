"""The engine's own suite over our storage: what it expects of any storage."""

import pytest
from scim2_server.testing import ScimStorageContract

from scim.protocol.adapter import LinkStorage
from scim.protocol.exchange import shape_of
from scim.protocol.provider import published
from scim.provisioning import Provisioner
from tests.builders import BY, make_configuration


class InOperations(LinkStorage):
    """Each write in an operation, as the engine's handler has it."""

    def create(self, *args, **values):
        with self.operation():
            return super().create(*args, **values)

    def update(self, *args, **values):
        with self.operation():
            return super().update(*args, **values)

    def delete(self, *args, **values):
        with self.operation():
            super().delete(*args, **values)


@pytest.mark.django_db
class TestLinkStorage(ScimStorageContract):
    @pytest.fixture
    def configuration(self, db):
        return make_configuration("contract", stamps={"email": "{userName}@example.org"})

    @pytest.fixture
    def form(self, configuration):
        return published(shape_of(configuration))

    @pytest.fixture
    def provider(self, form):
        with form.provider:
            yield form.provider

    @pytest.fixture
    def storage(self, configuration, form):
        return InOperations(form, Provisioner(configuration, BY, form.case_exact), writing=True)
