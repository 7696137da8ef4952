"""What the app does when the program starts and after migrations."""

import pytest
from django.core.management import call_command

from clients.models import LmsSettings


@pytest.mark.django_db(transaction=True)
def test_the_settings_survive_a_flush():
    call_command("flush", interactive=False, verbosity=0)
    assert LmsSettings.objects.get().access_token_lifetime_seconds == 3600
