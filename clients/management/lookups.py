"""What commands are told in words, as rows. Whatever is not found is refused with what there is instead."""

from typing import Any

from django.core.management import CommandError

from clients.models import Administrator, Client, PermissionLabel, Role


def client(client_id: str) -> Client:
    found: Client | None = Client.objects.existing().filter(client_id=client_id).first()
    if found is None:
        raise CommandError(f"No client has the ID {client_id!r}. The Credentials tab of a client shows its ID.")
    return found


def administrator(username: str) -> Administrator:
    found: Administrator | None = Administrator.objects.filter(username__iexact=username).first()
    if found is None:
        raise CommandError(f"There is no administrator {username}.")
    return found


def labels(texts: list[str]) -> list[PermissionLabel]:
    known = list(PermissionLabel.objects.select_related("parent"))
    return [_label(text, known) for text in texts]


def _label(text: str, known: list[PermissionLabel]) -> PermissionLabel:
    """The label with this path (``HR / Helsinki``) or, where only one has it, this name. Case does not matter."""
    wanted = " / ".join(part.strip() for part in text.split("/")).casefold()
    named = [label for label in known if wanted in {label.name.casefold(), label.path.casefold()}]
    exact = [label for label in named if label.path.casefold() == wanted]
    found = exact or named
    if len(found) == 1:
        return found[0]
    if found:
        paths = ", ".join(sorted(label.path for label in found))
        raise CommandError(f"Several permission labels are called {text!r}. Write the path of one: {paths}.")
    paths = ", ".join(sorted(label.path for label in known)) or "none yet"
    raise CommandError(f"No permission label {text!r}. There are: {paths}.")


def roles(names: list[str]) -> list[Role]:
    return [_role(name) for name in names]


def _role(name: str) -> Role:
    found = Role.objects.filter(name__iexact=name).first()
    if found is None:
        known = ", ".join(Role.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"No role is called {name!r}. There are: {known}.")
    return found


def scim_configuration(slug: str) -> Any:
    model = Client._meta.get_field("scim_configuration").related_model  # noqa: SLF001 - a layer above, known by key
    found = model._default_manager.filter(slug=slug).first()  # noqa: SLF001
    if found is None:
        raise CommandError(
            f"No SCIM configuration has the slug {slug!r}. Make it first: manage.py create_scim_configuration {slug}"
        )
    return found
