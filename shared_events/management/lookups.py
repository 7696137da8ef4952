"""What commands are told in words, as rows."""

from django.core.management import CommandError

from shared_events.models import Peer


def peer_called(name: str) -> Peer:
    found: Peer | None = Peer.objects.filter(name=name).first()
    if found is None:
        known = ", ".join(Peer.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"No peer is called {name!r}. There are: {known}.")
    return found
