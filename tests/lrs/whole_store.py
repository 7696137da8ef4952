"""Everything the store holds, told by ids instead of numbers, to compare two ways to the same state."""

import random
from uuid import UUID

from lrs.models import (
    Attachment,
    Authority,
    Description,
    Flag,
    Reference,
    Relation,
    Statement,
    StatementAttachment,
    StatementId,
)
from lrs.statement.voiding import VOIDED
from tests.lrs.statement.samples import statement


def everything(*, flags=True):
    names = dict(Statement.objects.values_list("seq", "uuid"))
    return {
        "statements": {
            (one.uuid, one.client_id, bytes(one.json), one.flags & ~Flag.VOIDED if not flags else one.flags)
            for one in Statement.objects.all()
        },
        "ids": {
            (one.id, names[one.seq] if one.seq else None, bytes(one.digest or b"")) for one in StatementId.objects.all()
        },
        "relations": {
            (one.client_id, one.key, one.plain, names[one.seq], one.hop, one.roles) for one in Relation.objects.all()
        },
        "references": {(one.target, names[one.seq], one.client_id, one.voids) for one in Reference.objects.all()},
        "names": set(Description.objects.filter(identifier__startswith="{").values_list("client", "key")),
        "links": {(names[one.seq], one.sha2) for one in StatementAttachment.objects.all()},
        "data": set(Attachment.objects.values_list("client", "sha2")),
    }


def forget_everything():
    for model in (Statement, StatementId, Relation, Reference, Description, StatementAttachment, Attachment, Authority):
        model.objects.all().delete()


def connected(count, seed):
    """Statements with every kind of reference among them: back, forth, to nothing, in circles, voiding."""
    chosen = random.Random(seed)
    ids = [str(UUID(int=chosen.getrandbits(128))) for _ in range(count)]
    missing = str(UUID(int=chosen.getrandbits(128)))
    made = []
    for name in ids:
        actor = {"mbox": f"mailto:{chosen.randrange(4)}@example.org", "name": f"N{chosen.randrange(3)}"}
        value = statement(id=name, actor=actor, context={"instructor": {"mbox": f"mailto:{chosen.randrange(4)}@b.c"}})
        if chosen.random() < 0.6:
            value["object"] = {"objectType": "StatementRef", "id": chosen.choice([*ids, missing])}
            value["verb"] = {"id": chosen.choice([VOIDED, "a:refers"])}
        made.append(value)
    return made
