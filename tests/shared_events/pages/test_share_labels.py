"""Share labels: list, add, rename, move, delete, and who is told of it before it happens."""

import pytest

from clients.administration import Action, ObjectType
from clients.models import AuditEntry
from clients.roles import Assigned, Permission
from shared_events.models import ClientSharing, ShareLabel
from tests import builders
from tests.shared_events.builders import limit_to, make_event, make_share_labels

pytestmark = pytest.mark.django_db

LIST = "/system/events/share-labels/"


@pytest.fixture
def labels():
    return make_share_labels()


@pytest.fixture
def root(client):
    client.force_login(builders.make_superadmin())
    return client


def limited_client(*labels, name="Nordic Academy"):
    return limit_to(builders.make_client(name=name), *labels)


def text(answer):
    return answer.content.decode()


def test_the_list_tells_how_much_each_label_is_used(root, labels):
    make_event().share_labels.set([labels[1]])
    limited_client(*labels)
    limited_client(labels[0], name="Baltic College")
    all_of_them = limited_client(labels[0], name="Polar Institute")
    ClientSharing.objects.filter(pk=all_of_them.pk).update(all_events=True)
    told = [(row["path"], row["events"], row["clients"]) for row in root.get(LIST).context["rows"]]
    assert told == [("Safety", 0, 2), ("Safety / Fire", 1, 2)]


def test_events_lead_to_share_labels_only_for_who_reaches_all_events(client):
    for user, offered in (
        (builders.make_superadmin(), True),
        (builders.make_administrator(builders.make_label("HR"), username="anna"), False),
    ):
        client.force_login(user)
        assert (f'href="{LIST}"' in text(client.get("/system/events/"))) is offered


def test_a_label_is_added_below_another(root, labels):
    assert root.post(f"{LIST}add/", {"name": "First aid", "parent": labels[0].pk}).url == LIST
    assert ShareLabel.objects.get(name="First aid").path == "Safety / First aid"
    assert AuditEntry.objects.get(action="share_label_created").facts == {"path": "Safety / First aid"}


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"name": " "}, "Enter a name for the label."),
        ({"name": "safety"}, "A label beside it has this name already."),
        ({"name": "New", "parent": "999999"}, "Choose a parent label from the list."),
    ],
)
def test_refused_labels(root, labels, form, message):
    answer = root.post(f"{LIST}add/", form)
    assert answer.status_code == 422
    assert message in text(answer)


def test_a_label_is_renamed_and_nobody_is_asked(root, labels):
    limited_client(labels[0])
    answer = root.post(labels[1].get_absolute_url(), {"name": "Fire safety", "parent": labels[0].pk})
    assert answer.status_code == 302
    labels[1].refresh_from_db()
    assert labels[1].path == "Safety / Fire safety"
    assert AuditEntry.objects.get(action="share_label_updated").facts == {"name": ["Fire", "Fire safety"]}


def test_no_cycles(root, labels):
    answer = root.post(labels[0].get_absolute_url(), {"name": "Safety", "parent": labels[1].pk})
    assert answer.status_code == 422
    assert "Choose a parent label from the list." in text(answer)


def test_moving_names_whom_it_concerns_before_it_happens(root, labels):
    languages = ShareLabel.objects.create(name="Languages")
    limited_client(labels[0], name="Loses")
    limited_client(languages, name="Gains")
    limited_client(labels[1], name="Same")
    form = {"name": "Fire", "parent": languages.pk}
    asked = root.post(labels[1].get_absolute_url(), form)
    assert asked.status_code == 422
    assert (asked.context["more"], asked.context["less"]) == (["Gains"], ["Loses"])
    assert root.post(labels[1].get_absolute_url(), {**form, "confirm": "on"}).status_code == 302
    labels[1].refresh_from_db()
    assert labels[1].parent == languages
    assert AuditEntry.objects.get(action="share_label_updated").facts == {"parent": ["Safety", "Languages"]}


def test_deleting_names_who_will_see_less_and_leaves_a_client_with_nothing(root, labels):
    sharing = limited_client(labels[1], name="Only fire")
    limited_client(labels[0], name="Safety and below")
    limited_client(ShareLabel.objects.create(name="Languages"), name="Another label")
    event = make_event()
    event.share_labels.set([labels[1]])
    page = f"{labels[1].get_absolute_url()}delete/"
    asked = root.get(page)
    assert asked.context["readers"] == ["Only fire", "Safety and below"]
    assert "1 event loses it." in text(asked)
    assert root.post(page).url == LIST
    sharing.refresh_from_db()
    assert (sharing.all_events, sharing.served_labels()) == (False, frozenset())
    assert AuditEntry.objects.get(action="share_label_deleted").facts == {
        "path": "Safety / Fire",
        "events": 1,
        "clients": ["Only fire", "Safety and below"],
    }


def test_a_label_with_others_below_it_stays(root, labels):
    page = f"{labels[0].get_absolute_url()}delete/"
    assert "Delete label" not in text(root.get(page))
    answer = root.post(page)
    assert answer.status_code == 409
    assert "1 label is below it. Move or delete it first." in text(answer)
    assert ShareLabel.objects.filter(pk=labels[0].pk).exists()


def test_clients_out_of_sight_are_counted_and_not_named(client, labels):
    limited_client(labels[1], name="Out of sight")
    events = [Permission(ObjectType.EVENT, action) for action in (Action.VIEW, Action.EDIT, Action.DELETE)]
    client.force_login(builders.make_holder(Assigned(builders.make_role("Events", *events))))
    answer = client.get(f"{labels[1].get_absolute_url()}delete/")
    assert answer.context["readers"] == ["1 other LMS"]
    assert "Out of sight" not in text(answer)
