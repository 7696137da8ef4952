"""Settings of the test run: the product's own, with quick password hashing and plain static files."""

import os
from ipaddress import ip_network

os.environ.setdefault("SECRET_KEY", "test-secret-key-" + "0" * 40)
os.environ.setdefault("PUBLIC_URL", "http://testserver")
os.environ.setdefault("CLIENT_REQUESTS_PER_MINUTE", "0")  # tests of limits ask for theirs

from lms_oauth.settings import *  # noqa: F403
from lms_oauth.settings import BASE_DIR, DATABASES, STORAGES, VAR_DIR

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "lrs_attachments": STORAGES["lrs_attachments"]
    if "LRS_ATTACHMENT_STORAGE" in os.environ
    else {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
VAR_DIR.mkdir(exist_ok=True)
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
CSRF_TRUSTED_ORIGINS = ["http://testserver"]
# A browser keeps its connections to the live server open, and each would keep one to a database about to be dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": BASE_DIR / "var" / "test.sqlite3"}
    DATABASES["default"]["OPTIONS"]["init_command"] = "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;"
else:
    DATABASES["default"]["OPTIONS"] = {"options": "-c synchronous_commit=off"}
SHARED_EVENTS_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
WHITENOISE_AUTOREFRESH = WHITENOISE_USE_FINDERS = True  # nothing is collected for a test run
