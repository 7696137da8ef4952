#!/usr/bin/env python3
"""Django's command-line entry point. Uses the key that ``bin/serve`` keeps, unless the environment names another."""

import os
import sys
from pathlib import Path

from django.core.management import execute_from_command_line

KEPT_KEY = Path(__file__).resolve().parent / "var" / "secret_key"

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms_oauth.settings")
    if not {"SECRET_KEY", "SECRET_KEY_FILE"} & os.environ.keys() and KEPT_KEY.exists():
        os.environ["SECRET_KEY_FILE"] = str(KEPT_KEY)
    execute_from_command_line(sys.argv)
