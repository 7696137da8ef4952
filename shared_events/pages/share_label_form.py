"""The form of a share label."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.pages.label_form import TreeForm
from shared_events.models import ShareLabel
from shared_events.pages.share_label_field import ShareLabelTree


class ShareLabelForm(TreeForm):
    trees = ShareLabelTree
    confirming = _("Move the label and change what these clients are given")

    def __init__(self, data: Mapping[str, Any] | None, *, label: ShareLabel | None = None) -> None:
        super().__init__(data, label=label)
        self.fields["parent"].help_text = _("Clients that are given the parent are given this label too.")
