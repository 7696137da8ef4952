"""Rows of the store. ``lrs.store`` writes new Statements, ``lrs.documents`` documents; ``lrs.removal`` takes away."""

from lrs.models.attachment import Attachment, StatementAttachment
from lrs.models.authority import Authority
from lrs.models.counter import ClientTotal, CountPosition, HourCount, Kind, TopCount, Unit
from lrs.models.description import Description
from lrs.models.document import Document
from lrs.models.forwarding import ForwardRefusal, ForwardTarget
from lrs.models.learner import AgentUser, LinkPosition
from lrs.models.relation import Reference, Relation
from lrs.models.statement import ERASED, Bits, Flag, Statement, StatementId

__all__ = [
    "ERASED",
    "AgentUser",
    "Attachment",
    "Authority",
    "Bits",
    "ClientTotal",
    "CountPosition",
    "Description",
    "Document",
    "Flag",
    "ForwardRefusal",
    "ForwardTarget",
    "HourCount",
    "Kind",
    "LinkPosition",
    "Reference",
    "Relation",
    "Statement",
    "StatementAttachment",
    "StatementId",
    "TopCount",
    "Unit",
]
