"""A column for times without zone, as people write them down: ``2027-03-29T09:00:00`` on every database."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

LENGTH = 19

if TYPE_CHECKING:
    _Field = models.Field[datetime, datetime]
else:
    _Field = models.Field


class LocalDateTimeField(_Field):
    """Kept as text: a database's own time type would give it the zone of the connection."""

    default_error_messages = {"invalid": _("Enter a date and a time without a zone.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{**kwargs, "max_length": LENGTH})

    def deconstruct(self) -> Any:
        name, path, args, kwargs = super().deconstruct()
        del kwargs["max_length"]
        return name, path, args, kwargs

    def get_internal_type(self) -> str:
        return "CharField"

    def from_db_value(self, value: str | None, *_context: Any) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)

    def to_python(self, value: Any) -> datetime | None:
        if value is None:
            return None
        try:
            local = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise ValidationError(self.error_messages["invalid"], code="invalid") from error
        if local.tzinfo is not None:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return local

    def get_prep_value(self, value: Any) -> str | None:
        local = self.to_python(super().get_prep_value(value))
        return None if local is None else local.isoformat(timespec="seconds")
