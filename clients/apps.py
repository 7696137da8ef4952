from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    name = "clients"
    verbose_name = _("OAuth clients")

    def ready(self) -> None:
        from clients import (  # noqa: PLC0415 - models are loaded by now
            activity,
            audit_lock,
            health,
            oidc_checks,
            refusals,
            retention,
            second_factors,
            usage,
        )
        from clients.pages import account_again, seen  # noqa: PLC0415
        from clients.pages.entries import register_all  # noqa: PLC0415
        from lms_oauth import checks, sealing  # noqa: PLC0415

        checks.connect()
        health.connect()
        audit_lock.connect()
        usage.connect()
        refusals.connect()
        retention.connect()
        account_again.connect()
        activity.connect()
        oidc_checks.connect()
        seen.connect()
        sealing.register("second factors", second_factors.renew_sealed)
        register_all()
        post_migrate.connect(_keep_settings_row, sender=self)
        if registry.is_installed("django.contrib.admin"):
            _leave_admin()


def _leave_admin() -> None:
    """An installation that adds Django's admin shows neither our models there nor those of libraries."""
    from django.contrib import admin  # noqa: PLC0415 - its models need the app to be installed

    for label in ("clients", "account", "mfa"):
        for model in registry.get_app_config(label).get_models():
            if admin.site.is_registered(model):
                admin.site.unregister(model)


def _keep_settings_row(*, using: str, apps: Any = registry, **_kwargs: object) -> None:
    """``manage.py flush`` empties every table; the one row of settings comes back."""
    if "lmssettings" in apps.all_models["clients"]:
        apps.get_model("clients", "LmsSettings").objects.using(using).get_or_create(pk=1)
