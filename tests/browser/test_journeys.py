"""Every journey of an administrator by keyboard alone and without script, over all widths and colours."""

import pytest

from clients import actions, second_factors, secrets
from clients.models import Administrator, Client, Credential, PermissionLabel, Role
from scim.models import ScimConfiguration
from shared_events.models import Event
from tests import builders
from tests.browser.hands import Keyboard, Pointer
from tests.browser.test_sign_in import code_of

pytestmark = [pytest.mark.any_database, pytest.mark.browser, pytest.mark.django_db(transaction=True)]
KEY = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
OWN = "Allow LRS access — read and write access to statements created by this client"


def address_of(client, tab=""):
    return f"/system/oauth-clients/{client.pk}/{tab}"


def add_a_client_and_hand_out_its_credentials(hand, world):
    hand.open("/system/oauth-clients/")
    hand.follow("Add OAuth client")
    hand.see("What the client is used for, and who owns it.")
    hand.fill("Name", "Portal")
    hand.fill("Short description", "Owner: web team")
    hand.tick("Helsinki")
    hand.press("Create")
    hand.see("Client created. Next: generate a secret or a token on the Credentials tab.")
    hand.follow("Credentials")
    hand.see("Bearer token authentication")
    hand.follow("Generate secret")
    hand.press("Generate secret")
    hand.see("Copy it now and store it in the integration’s vault.")
    value = hand.page.locator("#new-value").input_value()
    hand.follow("I have stored the secret")
    hand.see("Last generated")
    made = Client.objects.get(name="Portal")
    assert Credential.objects.get(client=made).digest == secrets.digest(value)
    assert [label.path for label in made.labels.all()] == ["HR / Helsinki"]


def edit_general(hand, world):
    hand.open(address_of(world.client))
    hand.fill("Name", "Workday sync")
    hand.tick("Active", on=False)
    hand.choose("SCIM configuration", "None: no SCIM access")
    hand.tick(OWN)
    hand.press("Save")
    hand.see("Changes saved.")
    world.client.refresh_from_db()
    held = world.client
    assert (held.name, held.active, held.scim_configuration, held.lrs_own) == ("Workday sync", False, None, True)


def pick_labels(hand, world):
    hand.open(address_of(world.client))
    if hand.script:
        hand.press("Remove Integrations")
        hand.fill("Filter labels", "tampe")
    else:
        hand.tick("Integrations", on=False)
    hand.tick("Tampere")
    hand.press("Save")
    hand.see("Changes saved.")
    assert {label.name for label in world.client.labels.all()} == {"Helsinki", "Tampere"}


def regenerate(hand, world):
    actions.regenerate_secret(world.client, by=builders.BY)
    hand.open(address_of(world.client, "credentials/"))
    hand.follow("Regenerate secret")
    hand.tick("I can put the new secret into the integration now")
    hand.press("Regenerate secret")
    hand.see("The previous secret stopped working")
    value = hand.page.locator("#new-value").input_value()
    assert Credential.objects.get(client=world.client, revoked_at=None).digest == secrets.digest(value)
    hand.follow("I have stored the secret")


def change_several(hand, world):
    hand.open("/system/oauth-clients/")
    for client in (world.writer, world.client):
        hand.tick(f"Choose {client.name}")
    hand.choose("With the ticked clients", "Deactivate")
    hand.press("Preview")
    hand.see("2 clients change.")
    hand.press("Deactivate")
    hand.see("2 clients were changed.")
    assert not Client.objects.filter(pk__in=[world.writer.pk, world.client.pk], active=True).exists()


def make_move_and_delete_a_label(hand, world):
    hand.open("/system/permission-labels/")
    hand.follow("Add permission label")
    hand.see("Who uses the label, and for what.")
    hand.fill("Name", "Oulu")
    hand.choose("Parent label", "HR")
    hand.press("Create")
    hand.see("Label created.")
    builders.make_administrator(world.partners, username="bo")
    hand.choose("Parent label", "Partners")
    hand.press("Save")
    hand.see("1 administrator gains access: bo")
    hand.tick("Move the label and change who has access")
    hand.press("Save")
    hand.see("Changes saved.")
    assert PermissionLabel.objects.get(name="Oulu").parent == world.partners
    hand.follow("Delete")
    hand.see("so nobody’s access changes.")
    hand.press("Delete label")
    hand.see("Label deleted.")
    assert not PermissionLabel.objects.filter(name="Oulu").exists()


def make_and_assign_a_role(hand, world):
    hand.open("/system/roles/")
    hand.follow("Add role")
    hand.see("Who holds the role, and for what.")
    hand.fill("Name", "Watcher")
    hand.press("Create")
    hand.see("Role created. Next: say what it allows.")
    hand.follow("Assigned permissions")
    hand.see("The role allows nothing.")
    hand.choose("Object", "OAuth client")
    hand.tick("View")
    hand.tick("Without a limit")
    hand.press("Add permissions")
    hand.see("Permissions saved.")
    hand.open(f"/system/administrators/{world.nobody.pk}/roles/")
    hand.choose("Role", "Watcher")
    hand.tick("Helsinki")
    hand.press("Assign role")
    hand.see("Role assigned.")
    role = Role.objects.get(name="Watcher")
    assert [label.path for label in role.assignments.get(administrator=world.nobody).labels.all()] == ["HR / Helsinki"]


def add_and_block_an_administrator(hand, world):
    hand.open("/system/administrators/")
    hand.follow("Add administrator")
    hand.see("May do everything, also what no role allows.")
    hand.fill("First name", "Bo")
    hand.fill("User name", "bo")
    hand.tick("Client reader")
    hand.tick("As far as the roles reach")
    hand.press("Create")
    hand.see("It is shown only once.")
    hand.follow("I have handed it over")
    hand.see("Last login")
    hand.tick("Blocked")
    hand.press("Save")
    hand.see("Changes saved.")
    made = Administrator.objects.get(username="bo")
    assert (made.first_name, made.is_active, made.assignments.get().role) == ("Bo", False, world.role)


def search_the_audit_log(hand, world):
    hand.open("/system/audit-log/")
    hand.fill("Search", world.writer.name)
    hand.choose("Action", "OAuth client created")
    hand.press("Apply")
    hand.see("1–1 of 1 entry")
    _head, entry = hand.download("Download").splitlines()
    assert world.writer.name in entry
    assert "client_created" in entry


def sign_in_with_a_code(hand, world):
    second_factors.add_app(world.root, KEY, by=builders.BY)
    hand.page.context.clear_cookies()
    hand.open("/system/roles/")
    hand.fill("User name", "aino")
    hand.fill("Password", builders.PASSWORD)
    hand.press("Log in")
    hand.see("Second step")
    hand.fill("Code", code_of(KEY))
    hand.press("Go on")
    hand.see("A role is a set of permissions")


def settle_a_conflict(hand, world):
    hand.open(address_of(world.client))
    hand.fill("Name", "Mine")
    actions.update_client(world.client, values={"name": "Theirs"}, by=builders.BY)
    hand.press("Save")
    hand.see("The client was changed meanwhile")
    hand.press("Apply mine again")
    hand.see("Changes saved.")
    world.client.refresh_from_db()
    assert world.client.name == "Mine"


def delete_a_client(hand, world):
    hand.open(address_of(world.client))
    hand.follow("Delete")
    hand.see("is deleted for good.")
    hand.press("Delete client")
    hand.see("Type the name of the client.")
    hand.fill("Name of the client", world.client.name)
    hand.press("Delete client")
    hand.see("Client deleted. Its statements and its history stay.")
    assert not Client.objects.existing().filter(pk=world.client.pk).exists()


def add_and_edit_an_event(hand, world):
    hand.open("/system/events/")
    hand.follow("Add event")
    hand.see("Who sees it")
    hand.fill("Name", "Rescue drill")
    hand.fill_time("Start Time", 5)
    hand.fill_time("End Time", 6)
    hand.press("Create")
    hand.see("Event created.")
    hand.fill("Location Name", "Yard")
    hand.tick("Shared")
    hand.press("Save")
    hand.see("Changes saved.")
    made = Event.objects.get(title="Rescue drill")
    assert (str(made.start), str(made.end)) == ("2027-05-05 05:05:00", "2027-06-06 06:06:00")
    assert (made.location_name, made.shared) == ("Yard", True)


def add_and_set_a_scim_configuration(hand, world):
    hand.open("/system/scim-configurations/")
    hand.follow("Add SCIM configuration")
    hand.see("Which identity provider sends the requests.")
    hand.fill("Name", "Okta")
    hand.choose("Identity provider", "Okta")
    hand.tick("Partners")
    hand.press("Create")
    hand.see("SCIM configuration created. Next: choose it on an OAuth client’s General tab.")
    hand.tick("Read-only")
    hand.press("Save")
    hand.see("Changes saved.")
    hand.follow("Mapping")
    hand.see("Effect on an example")
    hand.press("Show the effect")
    hand.see("What would be kept")
    made = ScimConfiguration.objects.get(name="Okta")
    assert (made.read_only, [label.name for label in made.labels.all()]) == (True, ["Partners"])


JOURNEYS = (
    add_a_client_and_hand_out_its_credentials,
    edit_general,
    pick_labels,
    regenerate,
    change_several,
    make_move_and_delete_a_label,
    make_and_assign_a_role,
    add_and_block_an_administrator,
    search_the_audit_log,
    sign_in_with_a_code,
    settle_a_conflict,
    delete_a_client,
    add_and_edit_an_event,
    add_and_set_a_scim_configuration,
)
SIZES = {320: 640, 390: 844, 1280: 900}
COLOURS = {"light": {"color_scheme": "light"}, "dark": {"color_scheme": "dark"}, "forced": {"forced_colors": "active"}}
LOOKS = [(width, colours) for colours in COLOURS for width in SIZES]


def _cases():
    """Each journey by either hand, in different looks; together they meet every look with either hand."""
    for hand, first in ((Keyboard, 0), (Pointer, 4)):
        for number, journey in enumerate(JOURNEYS):
            width, colours = LOOKS[(number + first) % len(LOOKS)]
            yield pytest.param(
                hand, journey, width, colours, id=f"{hand.__name__}-{journey.__name__}-{width}-{colours}"
            )


@pytest.mark.parametrize(("hand", "journey", "width", "colours"), list(_cases()))
def test_journey(new_page, world, settings, hand, journey, width, colours):
    settings.MFA_TOTP_TOLERANCE = 1
    size = {"width": width, "height": SIZES[width]}
    page = new_page(world.root, java_script_enabled=hand.script, viewport=size, **COLOURS[colours])
    journey(hand(page), world)
