"""Users as services see them that only meet what identifies a learner."""

from collections.abc import Collection, Iterable
from functools import reduce
from operator import or_

from django.db.models import Q

from lms_oauth import learners
from lms_oauth.learners import Directory, Learner
from scim.hiding import hidden_fields
from scim.models import LmsUser

_SEARCHED = ("user_name", "email", "employee_id", "display_name", "given_name", "family_name")


def connect() -> None:
    learners.connect(Directory(_find, _after, _search))


def _find(pks: Iterable[int]) -> list[Learner]:
    return _learners(LmsUser.objects.filter(pk__in=list(pks)))


def _after(pk: int, count: int) -> list[Learner]:
    return _learners(LmsUser.objects.filter(pk__gt=pk).order_by("pk")[:count])


def _search(words: str, count: int) -> list[Learner]:
    """Each word stands in one of the columns. What no page shows finds nobody either."""
    users = LmsUser.objects.filter(blocked=False)
    for word in words.split():
        users = users.filter(reduce(or_, (Q(**{f"{name}__icontains": word}) for name in _SEARCHED)))
    some = list(users.order_by("user_name_key")[:count])
    hidden = hidden_fields([user.pk for user in some])
    return _learners([user for user in some if _fits(user, words.split(), hidden.get(user.pk, set()))])


def _fits(user: LmsUser, words: list[str], hidden: set[str]) -> bool:
    shown = [getattr(user, name).lower() for name in _SEARCHED if name not in hidden]
    return all(any(word.lower() in text for text in shown) for word in words)


def _learners(users: Collection[LmsUser]) -> list[Learner]:
    hidden = hidden_fields([user.pk for user in users])
    return [
        Learner(
            user.pk,
            _name(user, hidden.get(user.pk, set())),
            user.user_name,
            user.email,
            user.employee_id,
            user.blocked,
        )
        for user in users
    ]


def _name(user: LmsUser, hidden: set[str]) -> str:
    """Of what no mapping marks as sensitive; the user name never is."""
    display, given, family = (
        "" if field in hidden else getattr(user, field) for field in ("display_name", "given_name", "family_name")
    )
    return display or f"{given} {family}".strip() or user.user_name
