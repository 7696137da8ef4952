"""One parser by coverage: pip install atheris, then python -m tests.fuzz.by_hand NAME -max_total_time=300"""

import os
import sys

import atheris

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
with atheris.instrument_imports(include=["lms_oauth", "clients", "lrs", "scim", "shared_events", "scim2_models"]):
    import django

    django.setup()
    from tests.fuzz.parsers import PARSERS

if __name__ == "__main__":
    name, *options = sys.argv[1:]
    atheris.Setup([sys.argv[0], "-timeout=5", *options], PARSERS[name].read)
    atheris.Fuzz()
