import pytest

from clients.models import AuditEntry
from shared_events.models import Event
from tests.builders import make_administrator, make_label, make_superadmin
from tests.shared_events.builders import make_event
from tests.shared_events.pages.test_event_form import FILLED
from tests.shared_events.peer import make_peer

pytestmark = pytest.mark.django_db


@pytest.fixture
def superadmin(client):
    client.force_login(make_superadmin())
    return client


def test_an_event_made_in_the_browser_reaches_another_lms(superadmin):
    peer = make_peer()
    response = superadmin.post("/system/events/add/", FILLED, follow=True)
    assert "Event created." in response.content.decode()
    (item,) = peer.sync()
    assert item["event"]["title"] == "First aid"
    assert item["event"]["duration"] == "PT3H30M"
    entry = AuditEntry.objects.get(action="event_created")
    assert entry.via == "page"
    assert Event.objects.get().created_by == entry.actor


def test_the_form_shows_the_event_and_saves_it(superadmin):
    event = make_event()
    path = event.get_absolute_url()
    page = superadmin.get(path)
    assert f'value="{event.start.isoformat(timespec="minutes")}"' in page.content.decode()
    again = {**FILLED, "title": "Second aid", "status": "active"}
    del again["shared"]
    response = superadmin.post(path, again, follow=True)
    assert "Changes saved." in response.content.decode()
    event.refresh_from_db()
    assert (event.title, event.status, event.shared) == ("Second aid", "active", False)


def test_saving_the_form_as_it_is_changes_nothing(superadmin):
    event = make_event(info="one\ntwo")
    form = superadmin.get(event.get_absolute_url()).context["form"]
    shown = {name: form[name].value() for name in form.fields if name not in {"labels", "share_labels"}}
    superadmin.post(event.get_absolute_url(), {**shown, "info": "one\r\ntwo", "shared": "on"})
    assert not AuditEntry.objects.filter(action="event_updated").exists()
    assert event.document.rev == 1


@pytest.mark.parametrize("path", ["/system/events/add/", "event"])
def test_a_refused_form_keeps_what_was_typed(superadmin, path):
    path = make_event().get_absolute_url() if path == "event" else path
    response = superadmin.post(path, {**FILLED, "title": "", "info": "typed <words>"})
    text = response.content.decode()
    assert response.status_code == 422
    assert "There is a problem" in text
    assert "typed &lt;words&gt;" in text


class TestCancelling:
    def test_the_confirm_page_names_whom_it_affects(self, superadmin):
        event = make_event(title="First <aid>")
        peer = make_peer(name="LMS <B>")
        path = f"/system/events/{event.pk}/cancel/"
        assert "No other LMS was sent this event." in superadmin.get(path).content.decode()
        peer.sync()
        text = superadmin.get(path).content.decode()
        assert "<li>LMS &lt;B&gt;</li>" in text
        assert "First &lt;aid&gt;" in text

    def test_it_does_not_name_clients_out_of_reach(self, client):
        label = make_label()
        event = make_event()
        event.labels.add(label)
        make_peer(name="Foreign").sync()
        client.force_login(make_administrator(label))
        text = client.get(f"/system/events/{event.pk}/cancel/").content.decode()
        assert "<li>1 other LMS</li>" in text
        assert "Foreign" not in text

    def test_it_reaches_other_lmses_and_stays(self, superadmin):
        event, peer = make_event(), make_peer()
        peer.sync()
        path = event.get_absolute_url()
        assert "Event cancelled." in superadmin.post(f"{path}cancel/", follow=True).content.decode()
        assert [item["event"]["status"] for item in peer.sync()] == ["cancelled"]
        assert "Event cancelled." not in superadmin.post(f"{path}cancel/", follow=True).content.decode()
        assert superadmin.get(f"{path}cancel/")["Location"] == path
        assert "A cancellation cannot be taken back." in superadmin.get(path).content.decode()
        superadmin.post(path, {**FILLED, "title": "Corrected", "status": "active"})
        event.refresh_from_db()
        assert (event.title, event.status) == ("Corrected", "cancelled")

    def test_asking_changes_nothing(self, superadmin):
        event = make_event()
        superadmin.get(f"/system/events/{event.pk}/cancel/")
        event.refresh_from_db()
        assert event.status == "planned"


class TestReach:
    @pytest.mark.parametrize("path", ["", "cancel/"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_an_event_out_of_reach_is_not_found(self, client, path, method):
        event = make_event()
        event.labels.add(make_label("Elsewhere"))
        client.force_login(make_administrator(make_label("Here")))
        assert getattr(client, method)(f"/system/events/{event.pk}/{path}", FILLED).status_code == 404
        event.refresh_from_db()
        assert (event.title, event.status) == ("First aid", "planned")

    def test_a_limited_administrator_chooses_one_of_his_labels(self, client):
        here = make_label("Here")
        client.force_login(make_administrator(here))
        response = client.post("/system/events/add/", FILLED)
        assert response.status_code == 422
        assert "Choose at least one label within your permissions" in response.content.decode()
        assert client.post("/system/events/add/", {**FILLED, "labels": [here.pk]}).status_code == 302
        assert [label.name for label in Event.objects.get().labels.all()] == ["Here"]

    def test_a_label_out_of_reach_cannot_be_given(self, client):
        here, elsewhere = make_label("Here"), make_label("Elsewhere")
        client.force_login(make_administrator(here))
        assert client.post("/system/events/add/", {**FILLED, "labels": [here.pk, elsewhere.pk]}).status_code == 422

    def test_nobody_without_a_label_adds(self, client):
        client.force_login(make_administrator())
        assert client.get("/system/events/add/").status_code == 403

    @pytest.mark.parametrize("path", ["", "add/", "1/", "1/cancel/"])
    def test_every_page_needs_a_login(self, client, path):
        assert client.get("/system/events/" + path)["Location"].startswith("/account/login/")
