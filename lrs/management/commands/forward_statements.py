"""Forwards Statements to another LRS until it has them all."""

from argparse import ArgumentParser
from typing import Any

from django.core.management import BaseCommand, CommandError

from clients.audit import Origin
from lrs.forwarding.actions import remove_target
from lrs.forwarding.engine import Stopped, turn
from lrs.management.progress import Progress
from lrs.models import ForwardTarget
from lrs.statement.times import written


class Command(BaseCommand):
    help = "Forward to one target now; list the targets; show what one has refused; or remove one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", nargs="?", help="of the target")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--list", action="store_true", help="all targets and how far they are")
        what.add_argument("--refused", action="store_true", help="Statements the target does not take, and why")
        what.add_argument("--remove", action="store_true", help="forget the target; what it has stays there")

    def handle(self, **options: Any) -> None:
        if options["list"]:
            self._list()
            return
        target = _target(options["name"])
        if options["remove"]:
            remove_target(target, by=Origin.command("forward_statements"))
            self.stdout.write(f"Target removed: {target.name}.")
        elif options["refused"]:
            for one in target.refusals.order_by("seq"):
                self.stdout.write(str(one))
        else:
            self._forward(target)

    def _list(self) -> None:
        for one in ForwardTarget.objects.all():
            through = written(one.position) if one.position else "the beginning"
            self.stdout.write(
                f"{one.name} ({one.endpoint}): {one.delivered} delivered, {one.refusals.count()} refused, "
                f"through {through}. {one.problem or 'OK'}"
            )

    def _forward(self, target: ForwardTarget) -> None:
        progress, refused = Progress(self.stderr, "delivered"), 0
        try:
            for outcome in turn(target):
                progress.add(outcome.delivered)
                refused += len(outcome.refused)
        except Stopped as stop:
            raise CommandError(f"{progress.done} delivered, then: {stop}") from None
        finally:
            progress.end()
        self.stdout.write(f"{progress.done} delivered, {refused} refused.")
        if refused:
            raise CommandError(f"Some were refused: manage.py forward_statements {target.name!r} --refused")


def _target(name: str | None) -> ForwardTarget:
    found = ForwardTarget.objects.filter(name=name or "").first()
    if found is None:
        known = ", ".join(ForwardTarget.objects.values_list("name", flat=True)) or "none yet"
        raise CommandError(f"No target is called {name!r}. There are: {known}.")
    return found
