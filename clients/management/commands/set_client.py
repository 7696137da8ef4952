"""Changes a client: what the General and Limits tabs of its page change."""

from argparse import ArgumentParser, BooleanOptionalAction
from typing import Any

from django.core.management import BaseCommand, CommandError

from clients.actions import update_client
from clients.audit import Origin
from clients.management import lookups
from clients.management.commands.create_client import check
from clients.models import Client

_SWITCHES = ("lrs_own", "lrs_full_read", "shared_events")


_LIMITS = ("requests_per_minute", "burst")
_DEFAULT = "default"


class Command(BaseCommand):
    help = "Change an OAuth client. What is not named stays as it is."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("client_id")
        parser.add_argument("--name")
        parser.add_argument("--description", help="short description")
        active = parser.add_mutually_exclusive_group()
        active.add_argument("--active", action="store_true", default=None)
        active.add_argument("--inactive", action="store_false", dest="active", help="end its tokens and refuse it")
        labels = parser.add_mutually_exclusive_group()
        labels.add_argument("--label", action="append", help="in place of its labels: name or path (HR / Helsinki)")
        labels.add_argument("--no-labels", action="store_const", const=[], dest="label")
        scim = parser.add_mutually_exclusive_group()
        scim.add_argument("--scim-configuration", metavar="SLUG")
        scim.add_argument("--no-scim-configuration", action="store_const", const="", dest="scim_configuration")
        for name in _SWITCHES:
            parser.add_argument("--" + name.replace("_", "-"), action=BooleanOptionalAction)

        parser.add_argument(
            "--requests-per-minute", type=_limit, metavar="N", help='0: no limit; "default": the server\'s'
        )
        parser.add_argument("--burst", type=_limit, metavar="N", help='how many at once; "default": the server\'s')

    def handle(self, *, client_id: str, **options: Any) -> None:
        client = lookups.client(client_id)
        values = _values(options)
        labels = None if options["label"] is None else lookups.labels(options["label"])
        if not values and labels is None:
            raise CommandError("Nothing to change was named. manage.py set_client --help lists what can be.")
        check(Client(**values) if "name" in values else Client(name=client.name, **values))
        changed = update_client(client, values=values, labels=labels, by=Origin.command("set_client"))
        self.stdout.write(f"{client.name}: {'changed' if changed else 'nothing differed'}.")


def _limit(text: str) -> int | str:
    return _DEFAULT if text == _DEFAULT else int(text)


def _values(options: dict[str, Any]) -> dict[str, Any]:
    named = {
        "name": options["name"],
        "short_description": options["description"],
        "active": options["active"],
        **{name: options[name] for name in _SWITCHES},
    }
    values = {name: value for name, value in named.items() if value is not None}
    for name in _LIMITS:
        if options[name] is not None:
            values[name] = None if options[name] == _DEFAULT else options[name]
    if (slug := options["scim_configuration"]) is not None:
        values["scim_configuration"] = lookups.scim_configuration(slug) if slug else None
    return values
