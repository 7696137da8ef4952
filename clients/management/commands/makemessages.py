"""Django's command with the habits of this project: stable catalogues, no guesses, compiled at once."""

import re
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, CommandParser
from django.core.management.commands import makemessages
from django.core.management.utils import popen_wrapper


class Command(makemessages.Command):
    help = "Bring the catalogues of lms_oauth/locale up to the code and compile them. Needs GNU gettext."

    msgmerge_options = ["--quiet", "--backup=none", "--update", "--no-fuzzy-matching", "--sort-output"]

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(
            locale=[path.name for path in _locales().iterdir() if path.is_dir()],
            ignore_patterns=[".venv", "benchmarks", "lms_oauth/locale", "node_modules", "tests", "var"],
            add_location="never",
            no_location=True,
            no_obsolete=True,
            no_wrap=True,
        )

    def write_po_file(self, potfile: str, locale: str) -> None:
        """Without the date, which would change in every run."""
        super().write_po_file(potfile, locale)
        catalogue = _locales() / locale / "LC_MESSAGES" / "django.po"
        text = re.sub(r'"POT-Creation-Date: .*\n', "", catalogue.read_text(encoding="utf-8"))
        catalogue.write_text(text, encoding="utf-8")
        self._compile(catalogue)

    def _compile(self, catalogue: Path) -> None:
        told, errors, status = popen_wrapper(
            ["msgfmt", "--check-format", "-o", str(catalogue.with_suffix(".mo")), str(catalogue)]
        )
        if status:
            raise CommandError(errors or told)


def _locales() -> Path:
    return Path(settings.LOCALE_PATHS[0])
