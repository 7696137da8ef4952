"""How long events stay shared after their end."""

from django.db import transaction

from clients import audit
from clients.audit import Origin
from shared_events.models import Instance


@transaction.atomic
def keep_past(days: int, *, by: Origin) -> bool:
    """Readers begin anew, since another selection is served. False, without a write, when nothing differed."""
    instance = Instance.objects.select_for_update().get(pk=Instance.current().pk)
    old = instance.keep_past_days
    if old == days:
        return False
    instance.keep_past_days = days
    instance.save(update_fields=["keep_past_days"])
    audit.record("shared_events_settings_changed", instance, by=by, keep_past_days=[old, days])
    return True
