from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ScimConfig(AppConfig):
    name = "scim"
    verbose_name = _("SCIM")

    def ready(self) -> None:
        from scim import learners, linking, retention  # noqa: PLC0415 - models are loaded by now
        from scim.pages import sentences  # noqa: PLC0415
        from scim.pages.entries import register_all  # noqa: PLC0415

        linking.connect()
        retention.connect()
        learners.connect()
        register_all()
        sentences.register_all()
