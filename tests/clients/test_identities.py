"""Two first logins at the same moment: one identity, and one clear outcome for each."""

import threading

import pytest
from django.db import connections

from clients import identities
from clients.identities import NoAccount
from clients.models import AuditEntry
from clients.oidc import Asserted
from tests import builders

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = 5


def at_once(*subjects):
    """The administrator that each opens, or why none."""
    start, found = threading.Barrier(len(subjects)), [None] * len(subjects)

    def first_login(number):
        who = Asserted("https://login.example.org", subjects[number], "anna@example.org", True, 0, False)
        try:
            start.wait()
            found[number] = identities.administrator_of(who, by=builders.BY).username
        except NoAccount as none:
            found[number] = str(none.reason)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=first_login, args=[number]) for number in range(len(subjects))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@pytest.mark.parametrize(
    ("subjects", "expected"),
    [(("anna", "anna"), ["anna", "anna"]), (("anna", "another"), ["anna", "another identity"])],
)
def test_two_first_logins_at_once(subjects, expected):
    anna = builders.make_superadmin("anna")
    anna.email = "anna@example.org"
    anna.save()
    for done in range(ROUNDS):
        assert sorted(at_once(*subjects)) == expected
        assert anna.identities.count() == 1
        assert AuditEntry.objects.filter(action="identity_linked").count() == done + 1
        identities.unlink(anna, by=builders.BY)
