"""The product's own settings, with the floors beside its addresses."""

from lms_oauth.settings import *  # noqa: F403

ROOT_URLCONF = "benchmarks.lrs_parts.urls"
