from django.apps import AppConfig


class LrsConfig(AppConfig):
    name = "lrs"

    def ready(self) -> None:
        from lrs import (  # noqa: PLC0415 - models are loaded by now
            attachment_cleaning,
            background,
            health,
            learners,
            retention,
        )
        from lrs.forwarding import actions as forwarding  # noqa: PLC0415
        from lrs.forwarding import secrets as passwords  # noqa: PLC0415
        from lrs.pages.entries import register_all  # noqa: PLC0415

        health.connect()
        learners.connect()
        background.connect()
        retention.connect()
        attachment_cleaning.connect()
        forwarding.connect()
        passwords.connect()
        register_all()
