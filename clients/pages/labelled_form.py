"""What the forms of all objects with permission labels share. Each declares ``labels`` with its own words."""

from typing import Any

from clients.models import PermissionLabel
from clients.pages.forms import Form
from clients.pages.label_field import LabelField


class LabelledForm(Form):
    @property
    def label_field(self) -> LabelField:
        field = self.fields["labels"]
        assert isinstance(field, LabelField)
        return field

    @property
    def chosen_labels(self) -> list[PermissionLabel]:
        return list(PermissionLabel.objects.filter(pk__in=self.cleaned_data["labels"]))

    @property
    def values(self) -> dict[str, Any]:
        """What the object's own columns shall be."""
        return {name: value for name, value in self.cleaned_data.items() if name != "labels"}
