"""The request by which each identity provider creates a user, as it comes with the provider's own settings."""

from typing import Any

from scim.mapping import ENTERPRISE, USER
from scim.tolerances import Preset

_NAME = {"givenName": "Aino", "familyName": "Example"}
_WORK = {"type": "work", "value": "aino@example.org", "primary": True}

EXAMPLES: dict[Preset, dict[str, Any]] = {
    Preset.ENTRA_ID: {
        "schemas": [USER, ENTERPRISE],
        "externalId": "0a21f0f2-8d2a-4f8e-bf98-7363c4aed4ef",
        "userName": "aino@example.org",
        "active": True,
        "displayName": "Aino Example",
        "emails": [_WORK],
        "name": {"formatted": "Aino Example", **_NAME},
        "preferredLanguage": "fi",
        "title": "Planner",
        "addresses": [{"type": "work", "locality": "Helsinki", "country": "FI"}],
        "phoneNumbers": [{"type": "mobile", "value": "+358 40 0000000"}],
        "meta": {"resourceType": "User"},
        "roles": [],
        ENTERPRISE: {"employeeNumber": "1001", "department": "Planning", "manager": "b7c4"},
    },
    Preset.OKTA: {
        "schemas": [USER],
        "userName": "aino@example.org",
        "name": _NAME,
        "emails": [_WORK],
        "displayName": "Aino Example",
        "locale": "en-US",
        "externalId": "00u1a2b3c4d5e6f7g8h9",
        "groups": [],
        "password": "1mz050nq",
        "active": True,
    },
    Preset.ONELOGIN: {
        "schemas": [USER, ENTERPRISE],
        "userName": "aino@example.org",
        "externalId": "72901538",
        "name": _NAME,
        "displayName": "Aino Example",
        "emails": [{"value": "aino@example.org", "type": "work", "primary": True}],
        "phoneNumbers": [{"value": "+358 40 0000000", "type": "work"}],
        "title": "Planner",
        "active": True,
        ENTERPRISE: {"department": "Planning", "manager": {"displayName": "Bo Example"}},
    },
    Preset.JUMPCLOUD: {
        "schemas": [USER, ENTERPRISE],
        "userName": "aino@example.org",
        "externalId": "5f0c1d2e3a4b5c6d7e8f9a0b",
        "name": {**_NAME, "middleName": "", "formatted": "Aino Example"},
        "displayName": "Aino Example",
        "emails": [_WORK],
        "active": True,
        ENTERPRISE: {"employeeNumber": "1001", "costCenter": "42", "organization": "Example Ltd"},
    },
    Preset.GOOGLE: {
        "schemas": [USER, ENTERPRISE],
        "userName": "aino@example.org",
        "externalId": "108000000000000000001",
        "name": _NAME,
        "displayName": "Aino Example",
        "emails": [{"value": "aino@example.org", "type": "work"}],
        "title": "Planner",
        "active": True,
        ENTERPRISE: {"department": "Planning", "employeeNumber": "1001"},
    },
    Preset.GENERIC: {"schemas": [USER], "userName": "aino@example.org", "name": _NAME, "emails": [_WORK]},
}
