"""Share labels as a tree, and the form field of them. Whoever has the form chooses among all of them."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from clients.pages.label_field import LabelField
from clients.pages.label_tree import LabelTree, counted
from shared_events.models import Event, ShareLabel


class ShareLabelTree(LabelTree):
    model = ShareLabel

    def uses(self) -> dict[int, int]:
        return counted(Event.share_labels.through.objects.all(), "sharelabel_id")

    def uses_in_words(self, count: int) -> str:
        return ngettext("%(n)s event", "%(n)s events", count) % {"n": count}


class ShareLabelField(LabelField):
    trees = ShareLabelTree
    words = _("Share labels")
    nothing = _("There are no share labels yet. They are added on a page of their own, opened from Events.")
