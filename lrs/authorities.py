"""The authority that a client's Statements bear (xAPI 1.0.3 Data §2.4.9)."""

import json
from functools import lru_cache
from hashlib import sha256

from clients.access import ClientRecord
from clients.addresses import public_url
from lrs.models import Authority
from lrs.statement import keys


def authority_of(client: ClientRecord) -> int:
    """The row for this client as it is called now. Rows never change, so a process may remember theirs."""
    account = {"homePage": public_url(), "name": client.client_id}
    text = json.dumps({"objectType": "Agent", "name": client.name, "account": account}, ensure_ascii=False)
    return _row(client.pk, text)


def key_of(text: str) -> str | None:
    """What ``related_agents`` finds an authority by; None for a pair of Agents."""
    return keys.of_actor(json.loads(text))


@lru_cache(1024)
def _row(client: int, text: str) -> int:
    digest = sha256(text.encode()).digest()
    known = {"json": text, "key": key_of(text)}
    return Authority.objects.get_or_create(client_id=client, digest=digest, defaults=known)[0].pk
