"""A name is checked before it is saved; another administrator may take it in between."""

import pytest
from django.core.exceptions import ValidationError

from clients.labels import create_label, update_label
from clients.models import PermissionLabel
from shared_events.models import ShareLabel
from shared_events.share_labels import create_share_label, update_share_label
from tests.builders import BY

pytestmark = pytest.mark.django_db
KINDS = [(PermissionLabel, create_label, update_label), (ShareLabel, create_share_label, update_share_label)]


@pytest.mark.parametrize(("model", "create", "update"), KINDS)
def test_a_name_taken_after_the_check_is_refused_like_one_taken_before(model, create, update, monkeypatch):
    create("HR", by=BY)
    other = create("Sales", by=BY)
    monkeypatch.setattr(model, "full_clean", lambda self: None)
    for attempt in (lambda: create("HR", by=BY), lambda: update(other, name="HR", by=BY)):
        with pytest.raises(ValidationError) as refused:
            attempt()
        assert list(refused.value.message_dict) == ["name"]
    assert sorted(model.objects.values_list("name", flat=True)) == ["HR", "Sales"]
