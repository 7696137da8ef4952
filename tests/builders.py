"""Ready-made objects for tests."""

from dataclasses import dataclass
from itertools import count
from typing import Any

from clients import actions, roles
from clients.administration import LABELLED, PERMISSIONS
from clients.audit import Origin
from clients.models import Administrator, Client, LmsSettings, PermissionLabel, Role
from clients.roles import Assigned, Permission
from scim.models import ScimConfiguration

PASSWORD = "correct horse battery"
BY = Origin.command("test")
_number = count(1)


def make_label(name: str = "", parent: PermissionLabel | None = None) -> PermissionLabel:
    return PermissionLabel.objects.create(name=name or f"Label {next(_number)}", parent=parent)


def make_superadmin(username: str = "") -> Administrator:
    return Administrator.objects.create_superuser(username or f"super{next(_number)}", password=PASSWORD)


def make_administrator(*labels: PermissionLabel, username: str = "") -> Administrator:
    """May do everything to what bears one of ``labels`` or a label below them; without any label, nothing."""
    if not labels:
        return make_holder(username=username)
    role = Role.objects.filter(name="Everything labelled").first() or make_role("Everything labelled", *everything())
    return make_holder(Assigned(role, labels), username=username)


def make_holder(*assigned: Assigned, username: str = "") -> Administrator:
    administrator = Administrator.objects.create_user(username or f"admin{next(_number)}", password=PASSWORD)
    roles.store_assignments(administrator, assigned)
    return administrator


def make_role(name: str, *permissions: Permission) -> Role:
    return roles.create_role(values={"name": name}, permissions=permissions, by=BY)


def everything() -> list[Permission]:
    """All permissions on objects that bear labels."""
    return [Permission(kind, action) for kind in LABELLED for action in PERMISSIONS[kind]]


def make_configuration(slug: str = "", *, scope_division: str = "", **values: Any) -> ScimConfiguration:
    """``scope_division``: it sees one division, and users it creates get it."""
    slug = slug or f"configuration-{next(_number)}"
    if scope_division:
        values["scope_rule"] = {"field": "division", "op": "equals", "value": scope_division}
        values["stamps"] = {"division": scope_division} | values.get("stamps", {})
    return ScimConfiguration.objects.create(**{"name": slug.title(), "slug": slug} | values)


@dataclass(frozen=True)
class ClientWithCredentials:
    client: Client
    secret: str
    bearer: str

    @property
    def client_id(self) -> str:
        return self.client.client_id

    @property
    def bearer_header(self) -> dict[str, str]:
        return {"HTTP_AUTHORIZATION": f"Bearer {self.bearer}"}


def make_client(*labels: PermissionLabel, **values: Any) -> Client:
    return actions.create_client(values={"name": f"Client {next(_number)}"} | values, labels=labels, by=BY)


def make_client_with_credentials(*labels: PermissionLabel, **values: Any) -> ClientWithCredentials:
    client = make_client(*labels, **values)
    secret, bearer = actions.regenerate_secret(client, by=BY), actions.regenerate_token(client, by=BY)
    client.refresh_from_db()
    return ClientWithCredentials(client, secret.value, bearer.value)


def enable_shared_events(*, enabled: bool = True) -> None:
    LmsSettings.objects.update(shared_events_enabled=enabled)
    LmsSettings.forget()


def mistyped(credential: str) -> str:
    """The same value with another last character, whatever that was."""
    return credential[:-1] + ("y" if credential.endswith("x") else "x")
