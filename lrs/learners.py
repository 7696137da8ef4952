"""Links Agents to users of the LMS: by mail address, or by an account of the LMS's public address.

A user who changes is linked anew at once. A job goes round all users, for those who were there before, and because the
public address may change.
"""

from collections.abc import Collection, Iterable, Sequence
from hashlib import sha1
from typing import Any
from uuid import UUID

from django.db import transaction

from clients.addresses import public_url
from lms_oauth import learners
from lms_oauth.learners import Learner
from lms_oauth.signals import user_blocked, user_changed, user_purged
from lrs.models import AgentUser, LinkPosition
from lrs.statement import keys

_PER_RUN = 1_000


def connect() -> None:
    for signal in (user_changed, user_blocked, user_purged):
        signal.connect(_changed, dispatch_uid="lrs.learners")


def _changed(user_ids: Sequence[int], **_sent: Any) -> None:
    link(user_ids, learners.find(user_ids))


def run() -> str:
    """Link the next users, in the end from the first one again."""
    position, _created = LinkPosition.objects.get_or_create(pk=1)
    found = learners.after(position.user, _PER_RUN)
    changed = link([one.pk for one in found], found)
    LinkPosition.objects.filter(pk=1).update(user=found[-1].pk if len(found) == _PER_RUN else 0)
    return f"{changed} links of users changed" if changed else ""


def link(pks: Iterable[int], found: Iterable[Learner]) -> int:
    """Make the links of the users ``pks`` those of ``found``; how many had to be changed."""
    wanted = {(UUID(key), one.pk): one.name for one in found for key in keys_of(one, public_url())}
    with transaction.atomic():
        there = {
            (key, user): name
            for key, user, name in AgentUser.objects.filter(user__in=list(pks)).values_list("key", "user", "name")
        }
        changed = [pair for pair, name in there.items() if wanted.get(pair) != name]
        for key, user in changed:
            AgentUser.objects.filter(key=key, user=user).delete()
        new = [
            AgentUser(key=key, user=user, name=wanted[key, user])
            for key, user in wanted
            if there.get((key, user)) != wanted[key, user]
        ]
        AgentUser.objects.bulk_create(new, ignore_conflicts=True)
    return len({*changed, *((one.key, one.user) for one in new)})


def keys_of(learner: Learner, public_address: str) -> set[str]:
    """Of every Agent that is this user."""
    actors: list[dict[str, Any]] = []
    for mail in {learner.email, learner.email.lower()} - {""}:
        mbox = f"mailto:{mail}"
        hashed = sha1(mbox.encode(), usedforsecurity=False).hexdigest()
        actors += [{"mbox": mbox}, {"mbox_sha1sum": hashed}]
    for name in {learner.user_name, learner.employee_id} - {""}:
        actors += [{"account": {"homePage": page, "name": name}} for page in (public_address, f"{public_address}/")]
    return {key for actor in actors if (key := keys.of_actor(actor))}


def agents_of(text: str) -> list[str]:
    """Keys of the one user whose user name, mail address or employee ID this is, those that are nobody else's."""
    email = text if "@" in text else ""
    meant = keys_of(Learner(0, "", user_name=text, email=email, employee_id=""), public_url())
    users = set(AgentUser.objects.filter(key__in=meant).values_list("user", flat=True))
    if len(users) != 1:
        return []
    found = [key.hex for key in AgentUser.objects.filter(user__in=users).order_by("key").values_list("key", flat=True)]
    own = users_of(found)
    return [key for key in found if key in own]


def users_of(agents: Collection[str]) -> dict[str, tuple[int, str]]:
    """By key, id and name of the user; a key that fits several users tells of none."""
    found: dict[str, list[tuple[int, str]]] = {}
    for link in AgentUser.objects.filter(key__in=agents):
        found.setdefault(link.key.hex, []).append((link.user, link.name))
    return {key: users[0] for key, users in found.items() if len(users) == 1}
