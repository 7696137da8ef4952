"""Changes of configurations, whoever asks for them."""

import pytest

from clients.models import AuditEntry
from scim.actions import create_configuration, update_configuration
from tests.builders import BY, make_configuration, make_label

pytestmark = pytest.mark.django_db


def test_only_what_may_be_set_is_set():
    with pytest.raises(TypeError, match="revision"):
        create_configuration(values={"name": "x", "slug": "x", "revision": {}}, by=BY)


def test_labels_are_audited_by_their_paths():
    configuration = make_configuration()
    label = make_label("Helsinki", make_label("HR"))
    update_configuration(configuration, values={}, labels=[label], by=BY)
    assert AuditEntry.objects.get(action="scim_configuration_updated").facts == {"labels": [[], ["HR / Helsinki"]]}
