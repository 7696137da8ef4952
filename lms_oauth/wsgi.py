"""WSGI entry point: ``gunicorn lms_oauth.wsgi``."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms_oauth.settings")
application = get_wsgi_application()

from lms_oauth import deadlines  # noqa: E402 - it reads settings

deadlines.limit_statements()
