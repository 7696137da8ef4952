"""Who a new resource is about: somebody the configuration removed before, somebody the LMS knows, or nobody yet."""

from collections.abc import Iterator, Mapping

from django.db.models import F, Q

from scim.comparison import key
from scim.errors import Taken
from scim.mapping import attribute_of
from scim.models import LmsUser, ScimConfiguration, ScimLink
from scim.models.configuration import Existing, Key
from scim.notes import Notes

_FIELDS = {Key.USER_NAME: "user_name", Key.EMAIL: "email", Key.EMPLOYEE_ID: "employee_id"}


def match(
    configuration: ScimConfiguration, account: Mapping[str, str], external_id: str, notes: Notes
) -> LmsUser | None:
    """The user to adopt, None when there is none, or Taken.

    Taken are users with a live link, in this configuration or another, users out of scope, and keys that name
    different people. The answer tells none of these apart; the notes do.
    """
    found: tuple[str, LmsUser] | None = None
    for attribute, user in candidates(configuration, account, external_id):
        if found is None:
            found = attribute, user
        elif found[1] != user:
            notes.warn(f"{found[0]} and {attribute} name different users: {found[1].pk} and {user.pk}.")
            raise Taken(attribute)
    if found is None:
        return None
    attribute, user = found
    # Locked first, so that of two configurations that adopt one account at once the second sees the first's link.
    adopted = LmsUser.objects.filter(configuration.scope()).locked(pk=user.pk)
    if adopted is None or not _may_adopt(configuration, adopted):
        notes.warn(f"{attribute} names user {user.pk}, whom this configuration may not take over.")
        raise Taken(attribute)
    return adopted


def _may_adopt(configuration: ScimConfiguration, user: LmsUser) -> bool:
    """Somebody without a live link, unless users are shared; where existing users are refused, only who comes back."""
    links = ScimLink.objects.filter(user=user)
    if configuration.existing_users == Existing.REFUSE and not links.filter(configuration=configuration).exists():
        return False
    live = links.filter(gone_at__isnull=True)
    if configuration.tolerances.shared_users:
        live = live.filter(configuration=configuration)
    return not live.exists()


def candidates(
    configuration: ScimConfiguration, account: Mapping[str, str], external_id: str
) -> Iterator[tuple[str, LmsUser]]:
    """Who each key of the matching order names, in that order."""
    keys = {field: key(account[field]) for field in _FIELDS.values() if account.get(field)}
    condition = Q()
    for field, text in keys.items():
        condition |= Q(**{f"{field}_key": text})
    users = list(LmsUser.objects.filter(condition)) if keys else []
    for name in configuration.matching:
        if name == Key.EXTERNAL_ID:
            if external_id and (user := _linked_as(configuration, external_id)):
                yield "externalId", user
            continue
        field = _FIELDS[Key(name)]
        for user in users:
            if getattr(user, f"{field}_key") == keys.get(field, ...):
                yield attribute_of(field), user


def _linked_as(configuration: ScimConfiguration, external_id: str) -> LmsUser | None:
    """The user this configuration knows or knew by ``external_id``: the live link, else the newest tombstone."""
    link = (
        ScimLink.objects.filter(configuration=configuration, external_id=external_id, user__isnull=False)
        .select_related("user")
        .order_by(F("gone_at").desc(nulls_first=True), "-pk")
        .first()
    )
    return link.user if link else None
