"""A changed SECRET_KEY: what was made under the former one works, is renewed, and then needs it no more."""

from io import StringIO

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.core.management import CommandError, call_command

from clients import second_factors
from clients.rights import Service
from lms_oauth import sealing
from lrs.forwarding.secrets import sealer
from lrs.models import ForwardTarget
from shared_events.models import Peer
from shared_events.peers.sealing import seal, unseal
from tests.access_cases import access_token, make_client_for
from tests.builders import BY, make_superadmin
from tests.headers import bearer

pytestmark = pytest.mark.django_db
ABOUT = {"HTTP_X_EXPERIENCE_API_VERSION": "1.0.3"}
TOTP_SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def sealed(settings):
    """One of each kind, under the old key; it is a former one by now."""
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "old-key-" * 8, []
    second_factors.add_app(make_superadmin(), TOTP_SECRET, by=BY)
    made = make_client_for(Service.XAPI)
    ForwardTarget.objects.create(
        name="Other",
        endpoint="https://lrs.example.org/",
        username="u",
        password=sealer.seal("lrs password"),
        position=0,
    )
    Peer.objects.create(name="Peer", base_url="https://peer.example.org", client_id="c", secret=seal("peer secret"))
    token = access_token(made)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "new-key-" * 8, ["old-key-" * 8]
    return made, token


def opened():
    totp = Authenticator.objects.get(type=Authenticator.Type.TOTP)
    codes = Authenticator.objects.get(type=Authenticator.Type.RECOVERY_CODES)
    assert decrypt(codes.data["seed"])
    target, peer = ForwardTarget.objects.get(), Peer.objects.get()
    return decrypt(totp.data["secret"]), sealer.unseal(target.password), unseal(peer.secret)


EVERYTHING = (TOTP_SECRET, "lrs password", "peer secret")


def test_with_the_former_key_among_the_fallbacks_everything_works(client, sealed):
    made, token = sealed
    assert opened() == EVERYTHING
    for value in (token, made.bearer):
        assert client.get("/xapi/statements", **ABOUT, **bearer(value)).status_code == 200


def test_renewed_it_needs_the_former_key_no_more(client, settings, sealed):
    output = StringIO()
    call_command("renew_sealed_secrets", stdout=output)
    assert output.getvalue().splitlines() == [
        "second factors: 2",
        "passwords of other LRSes: 1",
        "client secrets of peers: 1",
    ]
    settings.SECRET_KEY_FALLBACKS = []
    assert opened() == EVERYTHING
    made, token = sealed
    assert client.get("/xapi/statements", **ABOUT, **bearer(made.bearer)).status_code == 200
    assert client.get("/xapi/statements", **ABOUT, **bearer(token)).status_code == 401


def test_without_the_former_key_nothing_is_changed(settings, sealed):
    before = Peer.objects.values_list("secret", flat=True).get()
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("renew_sealed_secrets")
    assert bytes(Peer.objects.values_list("secret", flat=True).get()) == bytes(before)
    with pytest.raises(sealing.Unsealable):
        unseal(Peer.objects.get().secret)
