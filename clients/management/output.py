"""Secrets on standard output: once, for a script as one JSON object or for a person as lines."""

import json

from django.core.management.base import OutputWrapper

_NAMES = {"client_id": "Client ID", "client_secret": "Client secret", "bearer_token": "Bearer token"}


def show_once(stdout: OutputWrapper, values: dict[str, str], *, as_json: bool) -> None:
    if as_json:
        stdout.write(json.dumps(values))
        return
    for name, value in values.items():
        stdout.write(f"{_NAMES[name]:<14}{value}")
    stdout.write("Store them now: they are shown only once.")
