from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SharedEventsConfig(AppConfig):
    name = "shared_events"
    verbose_name = _("Shared events")

    def ready(self) -> None:
        from clients.pages import client_parts, setting_parts  # noqa: PLC0415
        from shared_events import background  # noqa: PLC0415 - models are loaded by now
        from shared_events.pages import client_sharing, sentences, settings_part  # noqa: PLC0415
        from shared_events.pages.entries import register_all  # noqa: PLC0415
        from shared_events.peers import sealing  # noqa: PLC0415

        background.connect()
        sealing.connect()
        register_all()
        sentences.register_all()
        client_parts.register(client_sharing.PART)
        setting_parts.register(settings_part.PART)
