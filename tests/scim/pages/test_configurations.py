"""System > SCIM configurations: list, add, General, Usage, delete; and who reaches them."""

import csv

import pytest

from clients.models import AuditEntry
from scim.models import ScimConfiguration
from scim.tolerances import PRESETS, Preset
from tests.builders import make_administrator, make_client, make_configuration, make_label, make_superadmin
from tests.scim.conftest import make_directory

pytestmark = pytest.mark.django_db
LIST = "/system/scim-configurations/"


def general(configuration, **changes):
    values = {"name": configuration.name, "slug": configuration.slug, "active": "on", "short_description": ""}
    values |= {"rate": "100", "burst": "2000", "preset": ""}
    values |= {name: "on" for name, is_on in configuration.tolerances.flags().items() if is_on}
    return {**values, "labels": [str(label.pk) for label in configuration.labels.all()]} | changes


@pytest.fixture
def superadmin(client):
    user = make_superadmin()
    client.force_login(user)
    return user


def test_the_list_shows_name_description_updated_and_active(client, superadmin):
    make_configuration("acme", name="Acme Entra", short_description="Employees", active=False)
    page = client.get(LIST).content.decode()
    assert all(text in page for text in ("Acme Entra", "Employees", "SCIM configurations", "Updated", "Active"))


def test_the_download_is_the_list_as_it_is_filtered_and_in_reach(client):
    label = make_label("HR")
    make_configuration("seen", name="Acme Entra", short_description="=Employees").labels.add(label)
    make_configuration("off", name="Acme Okta", active=False).labels.add(label)
    make_configuration("foreign", name="Acme of others")
    client.force_login(make_administrator(label))
    assert f'href="{LIST}download/?active=yes"' in client.get(LIST, {"active": "yes"}).content.decode()
    heads, line = csv.reader(client.get(f"{LIST}download/", {"active": "yes"}).getvalue().decode().splitlines())
    assert heads == ["Name", "Description", "Updated", "Active"]
    assert (line[:2], line[3]) == (["Acme Entra", "'=Employees"], "Yes")


def test_the_menu_leads_to_the_list(client, superadmin):
    assert f'href="{LIST}"' in client.get("/system/").content.decode()


def test_the_list_costs_the_same_for_any_number_of_rows(client, superadmin, django_assert_max_num_queries):
    for _ in range(30):
        make_configuration()
    with django_assert_max_num_queries(6):
        assert client.get(LIST).status_code == 200


def test_a_new_configuration_opens_on_its_own_page(client, superadmin):
    label = make_label("HR")
    answer = client.post(f"{LIST}add/", {"name": "Acme Entra", "labels": [label.pk]})
    configuration = ScimConfiguration.objects.get()
    assert answer.url == f"{LIST}{configuration.pk}/"
    assert (configuration.slug, configuration.active, list(configuration.labels.all())) == ("acme-entra", True, [label])
    assert configuration.created_by == superadmin
    entry = AuditEntry.objects.get(action="scim_configuration_created")
    assert (entry.actor, entry.facts["name"], entry.facts["labels"]) == (superadmin, "Acme Entra", ["HR"])


@pytest.mark.parametrize(("name", "slug"), [("v2", "v2-2"), ("Acme", "acme-2"), ("日本", "configuration")])
def test_a_name_makes_a_slug_nobody_has(client, superadmin, name, slug):
    make_configuration("acme")
    client.post(f"{LIST}add/", {"name": name})
    assert ScimConfiguration.objects.filter(name=name, slug=slug).exists()


def test_a_name_is_needed(client, superadmin):
    answer = client.post(f"{LIST}add/", {"name": " "})
    assert answer.status_code == 422
    assert "Enter a name for the configuration." in answer.content.decode()
    assert not ScimConfiguration.objects.exists()


def test_general_saves_every_field_with_old_and_new_values(client, superadmin):
    configuration = make_configuration("acme")
    changes = {"name": "New", "slug": "new", "short_description": "About", "rate": 7}
    form = general(configuration, **changes)
    del form["active"]
    assert client.post(f"{LIST}{configuration.pk}/", form).url == f"{LIST}{configuration.pk}/"
    configuration.refresh_from_db()
    assert {name: getattr(configuration, name) for name in changes} == changes
    assert configuration.active is False
    facts = AuditEntry.objects.get(action="scim_configuration_updated").facts
    assert (facts["rate"], facts["active"]) == ([100, 7], [True, False])


@pytest.mark.parametrize("preset", Preset)
def test_a_new_configuration_is_set_for_its_provider(client, superadmin, preset):
    assert f'<option value="{preset}"' in client.get(f"{LIST}add/").content.decode()
    client.post(f"{LIST}add/", {"name": "Acme", "preset": preset})
    assert ScimConfiguration.objects.get().tolerances == PRESETS[preset]


def test_a_preset_sets_all_switches(client, superadmin):
    configuration = make_configuration("acme")
    client.post(f"{LIST}{configuration.pk}/", general(configuration, preset="generic"))
    configuration.refresh_from_db()
    assert configuration.tolerances == PRESETS[Preset.GENERIC]
    assert configuration.revision == 2


def test_states_and_limits_are_shown_and_hold(client, superadmin):
    configuration = make_configuration("acme")
    client.post(
        f"{LIST}{configuration.pk}/", general(configuration, paused="on", refuses_writes="on", rate="5", burst="0")
    )
    configuration.refresh_from_db()
    assert (configuration.paused, configuration.read_only, configuration.rate, configuration.burst) == (
        True,
        True,
        5,
        0,
    )
    page = client.get(f"{LIST}{configuration.pk}/").content.decode()
    assert all(text in page for text in ("Paused", "Read-only", "Microsoft Entra ID"))


def test_saving_without_a_change_leaves_no_trace(client, superadmin):
    configuration = make_configuration("acme")
    client.post(f"{LIST}{configuration.pk}/", general(configuration))
    assert not AuditEntry.objects.filter(action="scim_configuration_updated").exists()


@pytest.mark.parametrize("slug", ["taken", "v2", "no spaces", ""])
def test_a_slug_that_cannot_be_is_refused(client, superadmin, slug):
    make_configuration("taken")
    configuration = make_configuration("acme")
    answer = client.post(f"{LIST}{configuration.pk}/", general(configuration, slug=slug))
    assert answer.status_code == 422
    configuration.refresh_from_db()
    assert configuration.slug == "acme"


def test_usage_lists_clients_with_name_type_and_active(client, superadmin):
    configuration = make_configuration()
    make_client(name="Entra", scim_configuration=configuration)
    page = client.get(f"{LIST}{configuration.pk}/usage/").content.decode()
    assert all(text in page for text in ("Entra", "OAuth client", "Type", "Active"))


def test_a_configuration_in_use_is_not_deleted(client, superadmin):
    configuration = make_configuration()
    make_client(scim_configuration=configuration)
    assert "in use" in client.get(f"{LIST}{configuration.pk}/delete/").content.decode()
    assert client.post(f"{LIST}{configuration.pk}/delete/").status_code == 409
    assert ScimConfiguration.objects.filter(pk=configuration.pk).exists()


def test_a_configuration_with_users_is_not_deleted(client, superadmin):
    directory = make_directory()
    directory.created()
    directory.configuration.clients.update(scim_configuration=None)
    assert client.post(f"{LIST}{directory.configuration.pk}/delete/").status_code == 409
    assert not AuditEntry.objects.filter(action="scim_configuration_deleted").exists()


def test_an_unused_configuration_is_deleted(client, superadmin):
    configuration = make_configuration()
    assert client.post(f"{LIST}{configuration.pk}/delete/").url == LIST
    assert not ScimConfiguration.objects.exists()
    assert AuditEntry.objects.filter(action="scim_configuration_deleted").exists()


class TestLimitedToLabels:
    @pytest.fixture
    def hr(self):
        return make_label("HR")

    @pytest.fixture
    def limited(self, client, hr):
        client.force_login(make_administrator(hr))

    @pytest.mark.parametrize("page", ["", "usage/", "delete/"])
    @pytest.mark.parametrize("method", ["get", "post"])
    def test_out_of_reach_is_404(self, client, limited, page, method):
        foreign = make_configuration("foreign", name="Foreign thing")
        foreign.labels.set([make_label("Sales")])
        expected = 405 if (page, method) == ("usage/", "post") else 404
        assert getattr(client, method)(f"{LIST}{foreign.pk}/{page}").status_code == expected
        assert "Foreign thing" not in client.get(LIST).content.decode()
        assert "Foreign thing" not in client.get(f"{LIST}?q=Foreign+thing").content.decode().replace(
            'value="Foreign thing"', ""
        )

    def test_a_label_in_reach_is_needed(self, client, limited):
        answer = client.post(f"{LIST}add/", {"name": "Mine"})
        assert answer.status_code == 422
        assert "at least one label within your permissions" in answer.content.decode()

    def test_a_label_below_one_in_reach_will_do(self, client, limited, hr):
        below = make_label("Helsinki", hr)
        client.post(f"{LIST}add/", {"name": "Mine", "labels": [below.pk]})
        assert client.get(f"{LIST}{ScimConfiguration.objects.get().pk}/").status_code == 200

    def test_labels_out_of_reach_survive_a_save(self, client, limited, hr):
        sales = make_label("Sales")
        configuration = make_configuration()
        configuration.labels.set([hr, sales])
        client.post(f"{LIST}{configuration.pk}/", general(configuration, name="Changed", labels=[hr.pk]))
        configuration.refresh_from_db()
        assert configuration.name == "Changed"
        assert set(configuration.labels.all()) == {hr, sales}

    def test_labels_out_of_reach_cannot_be_set(self, client, limited, hr):
        sales = make_label("Sales")
        assert client.post(f"{LIST}add/", {"name": "Mine", "labels": [hr.pk, sales.pk]}).status_code == 422

    def test_clients_out_of_reach_are_not_named(self, client, limited, hr):
        configuration = make_configuration()
        configuration.labels.set([hr])
        make_client(name="Secret client", scim_configuration=configuration)
        page = client.get(f"{LIST}{configuration.pk}/usage/").content.decode()
        assert "Secret client" not in page
        assert "outside your permissions" in page

    def test_without_any_label_nothing_can_be_added(self, client):
        client.force_login(make_administrator())
        assert client.get(f"{LIST}add/").status_code == 403
