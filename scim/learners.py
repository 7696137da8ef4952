"""Users as services see them that only meet what identifies a learner."""

from collections.abc import Iterable

from django.db.models import QuerySet

from lms_oauth import learners
from lms_oauth.learners import Directory, Learner
from scim.hiding import hidden_fields
from scim.models import LmsUser


def connect() -> None:
    learners.connect(Directory(_find, _after))


def _find(pks: Iterable[int]) -> list[Learner]:
    return _learners(LmsUser.objects.filter(pk__in=list(pks)))


def _after(pk: int, count: int) -> list[Learner]:
    return _learners(LmsUser.objects.filter(pk__gt=pk).order_by("pk")[:count])


def _learners(users: "QuerySet[LmsUser]") -> list[Learner]:
    hidden = hidden_fields([user.pk for user in users])
    return [
        Learner(user.pk, _name(user, hidden.get(user.pk, set())), user.user_name, user.email, user.employee_id)
        for user in users
    ]


def _name(user: LmsUser, hidden: set[str]) -> str:
    """Of what no mapping marks as sensitive; the user name never is."""
    display, given, family = (
        "" if field in hidden else getattr(user, field) for field in ("display_name", "given_name", "family_name")
    )
    return display or f"{given} {family}".strip() or user.user_name
