"""What other areas may react to. Sent after commit, with ``user_ids``: a list of ids of ``scim.LmsUser``."""

from django.dispatch import Signal

user_changed = Signal()
user_blocked = Signal()
user_purged = Signal()
