"""Rights, the OAuth scopes that carry them, and the services they open: one vocabulary for wire, pages and audit."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, Flag, auto
from functools import cache


class Right(Flag):
    """What a client may do. Evaluated on every request against the client's switches as they are now."""

    NONE = 0
    SCIM = auto()
    LRS_WRITE_OWN = auto()
    LRS_READ_OWN = auto()
    LRS_READ_ALL = auto()
    SHARED_EVENTS = auto()


LRS_OWN = Right.LRS_WRITE_OWN | Right.LRS_READ_OWN
LRS = LRS_OWN | Right.LRS_READ_ALL
EVERY_RIGHT = Right.SCIM | LRS | Right.SHARED_EVENTS

# Scope name → the rights it carries. The order is the order of the bits in an access token: append only.
SCOPES: dict[str, Right] = {
    "scim": Right.SCIM,
    "xapi:write": LRS_OWN,
    "xapi:read": Right.LRS_READ_ALL,
    "shared_events": Right.SHARED_EVENTS,
    "xapi:all": LRS,
    "statements/write": Right.LRS_WRITE_OWN,
    "statements/read/mine": Right.LRS_READ_OWN,
    "all/read": Right.LRS_READ_ALL,
}
_BIT = {name: 1 << position for position, name in enumerate(SCOPES)}
# One name per switch: what a token carries when the request names no scope.
DEFAULT_SCOPES = ("scim", "xapi:write", "xapi:read", "shared_events")


class Service(Enum):
    """A protected resource: path below the public address, realm of its challenges, rights it knows, Basic or not."""

    SCIM = ("scim", "/scim/v2/", "SCIM", Right.SCIM, False)
    XAPI = ("xapi", "/xapi/", "xAPI", LRS, True)
    SHARED_EVENTS = ("shared_events", "/shared-events/v1/", "Shared events", Right.SHARED_EVENTS, False)

    def __init__(self, slug: str, base_path: str, realm: str, rights: Right, basic: bool) -> None:
        self.slug = slug
        self.base_path = base_path
        self.realm = realm
        self.rights = rights
        self.accepts_basic = basic

    @property
    def scopes(self) -> list[str]:
        return [name for name, rights in SCOPES.items() if rights & self.rights]

    @property
    def metadata_path(self) -> str:
        """RFC 9728 §3: where this resource's metadata stands."""
        return "/.well-known/oauth-protected-resource" + self.base_path.rstrip("/")


@dataclass(frozen=True, slots=True)
class Switches:
    """What the General tab grants a client at this moment."""

    scim: bool = False
    lrs_own: bool = False
    lrs_full_read: bool = False
    shared_events: bool = False

    @property
    def rights(self) -> Right:
        granted = Right.NONE
        if self.scim:
            granted |= Right.SCIM
        if self.lrs_own:
            granted |= LRS_OWN
        if self.lrs_full_read:
            granted |= Right.LRS_READ_ALL
        if self.shared_events:
            granted |= Right.SHARED_EVENTS
        return granted


def default_scopes(rights: Right) -> list[str]:
    return [name for name in DEFAULT_SCOPES if SCOPES[name] in rights]


def grantable(name: str, rights: Right) -> bool:
    """Whether a client with ``rights`` may ask for this scope: it needs every right the scope carries."""
    return name in SCOPES and SCOPES[name] in rights


def scope_bits(names: Iterable[str]) -> int:
    bits = 0
    for name in names:
        bits |= _BIT[name]
    return bits


def scope_names(bits: int) -> list[str]:
    return [name for name, bit in _BIT.items() if bits & bit]


@cache
def rights_of(bits: int) -> Right:
    """The union of the rights that the scopes in ``bits`` carry."""
    rights = Right.NONE
    for name in scope_names(bits):
        rights |= SCOPES[name]
    return rights


def scope_for(right: Right) -> str:
    """The narrowest scope that carries every right in ``right``; named in insufficient_scope challenges."""
    carriers = [name for name, carried in SCOPES.items() if right in carried]
    return min(carriers, key=lambda name: SCOPES[name].value.bit_count())
