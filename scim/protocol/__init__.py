"""The protocol engine. Nothing outside this package imports it."""

from scim.protocol.exchange import Answer, Call, answer, new_user
from scim.protocol.provider import MAX_BULK_BYTES

__all__ = ["MAX_BULK_BYTES", "Answer", "Call", "answer", "new_user"]
