"""Views behind the layer declare their rights, or the program does not start."""

import pytest

from clients.api import DeclaresRights, ProtectedView, UndeclaredRight
from clients.rights import LRS, Right, Service
from tests.access_cases import make_client_for
from tests.builders import make_client_with_credentials
from tests.headers import bearer
from tests.probe import ADDRESSES, ScimProbe


def answer(self, request):
    return None


@pytest.mark.parametrize(
    "members",
    [
        {"get": answer, "service": Service.SCIM},
        {"get": answer, "post": answer, "rights": {"GET": (Right.SCIM,)}, "service": Service.SCIM},
        {"rights": {"GET": (Right.SCIM,)}, "service": Service.SCIM},
        {"get": answer, "rights": {"GET": ()}, "service": Service.SCIM},
        {"get": answer, "rights": {"get": (Right.SCIM,)}, "service": Service.SCIM},
        {"get": answer, "rights": {"GET": (Right.SCIM,)}},
    ],
    ids=["none", "one of two", "of no handler", "no alternative", "lower case", "no service"],
)
@pytest.mark.parametrize("base", [ProtectedView, DeclaresRights])
def test_a_view_without_its_rights_fails_at_import(base, members):
    with pytest.raises(UndeclaredRight):
        type("View", (base,), members)


def test_inherited_handlers_need_rights_too():
    with pytest.raises(UndeclaredRight):
        type("View", (ScimProbe,), {"put": answer})
    with pytest.raises(UndeclaredRight):
        type("View", (ScimProbe,), {"rights": {"GET": (Right.SCIM,)}})


def test_an_abstract_base_needs_none():
    assert type("Base", (ProtectedView,), {}).rights == {}


@pytest.mark.django_db
@pytest.mark.urls("tests.probe")
class TestProtectedView:
    def test_head_has_the_right_of_get(self, client):
        made = make_client_for(Service.SCIM)
        answered = client.head(ADDRESSES[Service.SCIM], **bearer(made.bearer))
        assert (answered.status_code, answered.content) == (200, b"")
        assert int(answered["Content-Length"]) > 0
        stranger = make_client_with_credentials()
        assert client.head(ADDRESSES[Service.SCIM], **bearer(stranger.bearer)).status_code == 403
        assert client.head(ADDRESSES[Service.SCIM]).status_code == 401

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"])
    def test_other_methods_name_those_that_work(self, client, method):
        made = make_client_for(Service.SCIM)
        response = client.generic(method, ADDRESSES[Service.SCIM], **bearer(made.bearer))
        assert response.status_code == 405
        assert response["Allow"] == "GET, POST, HEAD"
        assert client.generic(method, ADDRESSES[Service.SCIM]).status_code == 401

    def test_each_method_has_its_own_right(self, client):
        made = make_client_with_credentials(lrs_full_read=True)
        assert client.get(ADDRESSES[Service.XAPI], **bearer(made.bearer)).status_code == 200
        assert client.post(ADDRESSES[Service.XAPI], **bearer(made.bearer)).status_code == 403

    def test_handlers_know_the_caller(self, client):
        made = make_client_for(Service.XAPI)
        response = client.get(ADDRESSES[Service.XAPI], **bearer(made.bearer))
        assert response.json() == {"client": made.client_id, "kind": "bearer", "rights": LRS.value}
