"""What a directory says a resource is."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from scim import mapping
from scim.errors import InvalidValue
from scim.models.user import MAX_TEXT


@dataclass(frozen=True, slots=True)
class Wanted:
    """``active`` is None where it says nothing, and for groups."""

    data: dict[str, Any]
    external_id: str
    active: bool | None

    @classmethod
    def of(cls, resource: Mapping[str, Any]) -> Self:
        data = mapping.trimmed(resource)
        active = data.pop("active", None)
        external_id = data.pop("externalId", "")
        for name in ("id", "meta", "groups", "members"):
            data.pop(name, None)
        for name, value in {**data, "externalId": external_id}.items():
            if any(len(text) > MAX_TEXT for text in mapping.texts(value)):
                raise InvalidValue(f"{name}: a text is longer than {MAX_TEXT} characters.")
        return cls(data, external_id, active)
