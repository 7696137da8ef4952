"""What the Health page asks about addresses, clocks and people."""

import time
from datetime import timedelta
from urllib.parse import urlsplit

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from clients import oidc, usage
from clients.addresses import public_url
from clients.models import Administrator, JobState, RevokedToken
from lms_oauth import metrics
from lms_oauth.health import Check, register

_LOOPBACK = {"localhost", "127.0.0.1", "::1"}
MOST_APART_SECONDS = 2
FAR_APART_SECONDS = 60
_NAMED = 10
_OVERDUE = timedelta(days=2)
_STANDSTILL = timedelta(minutes=30)
_ABOUT_CONNECTIONS = "Of all machines to the database, by what they do; most: how many the server allows."
_FAILURES = 3  # in a row; fewer may be a passing trouble


def connect() -> None:
    unknown = _("This could not be found out; the server's log has the details.")
    register(Check("public_address", _("Public address"), _public_address, unknown))
    register(Check("clock", _("Clocks"), _clock, unknown, essential=True, ask_ready=_clock_within_reason))
    register(Check("counters", _("Counters"), _counters, unknown, essential=True))
    register(Check("superadmins", _("Administrators"), _superadmins, unknown))
    register(Check("second_factors", _("Second factors of superadmins"), _second_factors, unknown))
    register(Check("provider", _("Organisation’s login"), _provider, unknown))
    register(Check("clean_up", _("Clean-up"), _clean_up, unknown))
    register(Check("background_work", _("Background work"), _background_work, unknown))
    metrics.register(metrics.Gauge("lms_job_overdue_seconds", "Since a job should have begun.", "job", _overdue))
    metrics.register(metrics.Gauge("lms_database_connections", _ABOUT_CONNECTIONS, "state", _connections))
    metrics.register(metrics.Gauge("lms_job_failures", "Failures of a job in a row.", "job", _failures))


def _public_address() -> str | Promise:
    address = urlsplit(public_url())
    if address.scheme == "https" or address.hostname in _LOOPBACK:
        return ""
    return _(
        "Passwords, secrets and tokens travel in clear. Let a proxy end TLS, and set an https address in Settings."
    )


def _clock() -> str | Promise:
    """Tokens are dated by this machine, statements by the database."""
    if connection.vendor != "postgresql" or abs(_database_time() - time.time()) <= MOST_APART_SECONDS:
        return ""
    return _("The clocks of this machine and of the database differ by more than 2 seconds. Synchronize both by NTP.")


def _clock_within_reason() -> str | Promise:
    """Seconds make no machine useless; beyond that tokens end too early or too late."""
    if connection.vendor != "postgresql" or abs(_database_time() - time.time()) <= FAR_APART_SECONDS:
        return ""
    return _("The clocks of this machine and of the database differ by more than a minute. Synchronize both by NTP.")


def _counters() -> str | Promise:
    """What is counted in memory is written once a minute."""
    if not usage.last_write_failed():
        return ""
    return _("Counters of use could not be written. Look whether the database is read-only or full; the log has more.")


def _database_time() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT extract(epoch FROM clock_timestamp())")
        return float(cursor.fetchall()[0][0])


def _superadmins() -> str | Promise:
    if Administrator.objects.filter(is_superuser=True, is_active=True).count() > 1:
        return ""
    return _("Only one administrator may do everything. Add a second one, so that a lost password locks nobody out.")


def _second_factors() -> str | Promise:
    if settings.OIDC_ONLY:  # no password opens anything
        return ""
    holders = Authenticator.objects.exclude(type=Authenticator.Type.RECOVERY_CODES).values("user_id")
    bare = Administrator.objects.filter(is_superuser=True, is_active=True).exclude(pk__in=holders)
    names = ", ".join(bare.order_by("username").values_list("username", flat=True)[:_NAMED])
    if not names:
        return ""
    advice = _("A password alone opens the account of: {names}. Let them set up an app or a passkey on Security.")
    return format_lazy(advice, names=names)


def _provider() -> str | Promise:
    if not settings.OIDC_ISSUER:
        return ""
    try:
        oidc.probe()
    except oidc.Refused:
        return _("The provider at OIDC_ISSUER does not answer as it should: nobody can log in there. The log says why.")
    return ""


def _clean_up() -> str | Promise:
    overdue = int((timezone.now() - _OVERDUE).timestamp())
    if not RevokedToken.objects.filter(expires__lt=overdue).exists():
        return ""
    return _(
        "Expired tokens have not been deleted for days. Let manage.py worker run, or manage.py clean_tokens once a day."
    )


def _background_work() -> str | Promise:
    jobs = JobState.objects.all()
    if not jobs.exists() or jobs.due(timezone.now() - _STANDSTILL).exists():
        return _("Background work stands still. Run manage.py worker as a service, beside the web server.")
    if jobs.filter(failures__gte=_FAILURES).exists():
        return _("A job keeps failing; it is named below. The log of the worker has the details.")
    return ""


def _overdue() -> dict[str, float]:
    now = timezone.now()
    late = dict.fromkeys(JobState.objects.values_list("name", flat=True), 0.0)
    return late | {job.name: (now - job.due_at).total_seconds() for job in JobState.objects.due(now)}


def _failures() -> dict[str, float]:
    return {name: float(count) for name, count in JobState.objects.values_list("name", "failures")}


def _connections() -> dict[str, float]:
    if connection.vendor != "postgresql":
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(state, 'other'), count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "GROUP BY 1 UNION ALL SELECT 'most', current_setting('max_connections')::bigint"
        )
        return {state: float(count) for state, count in cursor.fetchall()}
