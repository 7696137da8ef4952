"""All configuration comes from the environment; README.md lists every name that is read here."""

import json
import re
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from lms_oauth.env import Environment

env = Environment()
_SHORTEST_REAUTHENTICATION = 60  # who was just asked must have the time to go on

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

DEBUG = env.flag("DEBUG")
SECRET_KEY = env.text("SECRET_KEY")
SECRET_KEY_FALLBACKS = env.words("SECRET_KEY_FALLBACKS")
if not SECRET_KEY:
    if not DEBUG:
        raise ImproperlyConfigured("Set SECRET_KEY (or SECRET_KEY_FILE) to a long random text, or DEBUG=on.")
    SECRET_KEY = "only-for-debugging-" + "0" * 40

PORT = env.number("PORT", 8000)
PUBLIC_URL = env.text("PUBLIC_URL", f"http://127.0.0.1:{PORT}").rstrip("/")
_public = urlsplit(PUBLIC_URL)
if _public.scheme not in {"http", "https"} or not _public.netloc or _public.path:
    raise ImproperlyConfigured("PUBLIC_URL: an address like https://lms.example.org without a path expected.")
_HTTPS = _public.scheme == "https"
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", _public.hostname or "") + (["localhost", "127.0.0.1"] if DEBUG else [])
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
# How many proxies in front of this server append to X-Forwarded-For; they also set X-Forwarded-Proto.
TRUSTED_PROXIES = env.number("TRUSTED_PROXIES", 0)
if TRUSTED_PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.forms",
    "clients",  # before oauth2_provider: its createapplication command is replaced
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "oauth2_provider",
    "rest_framework",
    "django_scim",
    "scim",
    "lrs",
    "shared_events",
]

MIDDLEWARE = [
    "lms_oauth.metrics.MetricsMiddleware",
    "lms_oauth.middleware.RequestIdMiddleware",
    "lms_oauth.probes.ProbesMiddleware",
    "clients.activity.ActivityMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "lms_oauth.middleware.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "lms_oauth.middleware.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "lms_oauth.overload.OverloadMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "lms_oauth.middleware.LoginRequiredMiddleware",
    "clients.pages.language.LanguageMiddleware",
    "clients.pages.zone.TimeZoneMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "clients.pages.account.OneTimePasswordMiddleware",
    "clients.pages.seen.SeenMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "lms_oauth.urls"
WSGI_APPLICATION = "lms_oauth.wsgi.application"
APPEND_SLASH = False  # a redirected POST would lose its body; pages have one spelling each

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "clients.pages.menu.context",
            ],
        },
    },
]
FORM_RENDERER = "lms_oauth.forms.Renderer"

DATABASE_URL = env.text("DATABASE_URL", f"sqlite:///{BASE_DIR / 'db.sqlite3'}")
DATABASES: dict[str, Any] = {"default": dj_database_url.parse(DATABASE_URL, conn_max_age=60, conn_health_checks=True)}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        # FULL: what was acknowledged survives a power cut.
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
    }
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = False
elif DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"]["ENGINE"] = "lms_oauth.postgresql"
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
# A pooler in transaction mode: nothing may count on a connection from one transaction to the next.
DATABASE_POOLER = env.flag("DATABASE_POOLER")
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = DATABASE_POOLER
# After how long PostgreSQL gives up a statement of the web server; commands and the worker take their time. 0: never.
DATABASE_STATEMENT_SECONDS = env.number("DATABASE_STATEMENT_SECONDS", 30)
# How long a request may wait for a thread of the web server, which then answers 503. 0: however long.
QUEUE_SECONDS = env.number("QUEUE_SECONDS", 2)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHE_URL = env.text("CACHE_URL")  # redis://… where several processes share failure budgets
CACHES: dict[str, Any] = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": CACHE_URL}
    if CACHE_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 10_000}},
}

AUTH_USER_MODEL = "clients.Administrator"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
# Signing in: only who exists may, by names and addresses of clients.urls alone.
ACCOUNT_ADAPTER = "clients.pages.account_adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
MFA_ADAPTER = "clients.pages.account_adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "LMS admin"
# After how long a new secret asks again who is there.
REAUTHENTICATION_SECONDS = env.number("REAUTHENTICATION_SECONDS", 900)
if REAUTHENTICATION_SECONDS < _SHORTEST_REAUTHENTICATION:
    raise ImproperlyConfigured(f"REAUTHENTICATION_SECONDS: {_SHORTEST_REAUTHENTICATION} or more expected.")
# After how long without a request a login ends; SESSION_COOKIE_AGE ends it in any case. 0: only that.
SESSION_IDLE_SECONDS = env.number("SESSION_IDLE_SECONDS", 3600)
if 0 < SESSION_IDLE_SECONDS < _SHORTEST_REAUTHENTICATION:
    raise ImproperlyConfigured(f"SESSION_IDLE_SECONDS: 0, or {_SHORTEST_REAUTHENTICATION} or more expected.")
# Signing in at the organisation's own provider; clients.oidc_checks says what is wrong with these.
OIDC_ISSUER = env.text("OIDC_ISSUER")
OIDC_CLIENT_ID = env.text("OIDC_CLIENT_ID")
OIDC_CLIENT_SECRET = env.text("OIDC_CLIENT_SECRET")
OIDC_NAME = env.text("OIDC_NAME")
OIDC_ONLY = env.flag("OIDC_ONLY")
OIDC_SECOND_FACTOR = env.words("OIDC_SECOND_FACTOR", "mfa")  # values of amr or acr that stand for one
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "system"
LOGOUT_REDIRECT_URL = "login"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("fi", "Suomi")]  # each in its own words; every other has a catalogue
LOCALE_PATHS = [BASE_DIR / "lms_oauth" / "locale"]
FORMAT_MODULE_PATH = ["lms_oauth.formats"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = env.text("TIME_ZONE", "UTC")

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# A directory, or the dotted name of a Django storage class with its options as a JSON object.
LRS_ATTACHMENT_STORAGE = env.text("LRS_ATTACHMENT_STORAGE", str(VAR_DIR / "attachments"))
_storage_options = json.loads(env.text("LRS_ATTACHMENT_STORAGE_OPTIONS", "{}"))
_in_directory = "/" in LRS_ATTACHMENT_STORAGE
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "lrs_attachments": {
        "BACKEND": "django.core.files.storage.FileSystemStorage" if _in_directory else LRS_ATTACHMENT_STORAGE,
        "OPTIONS": {"location": LRS_ATTACHMENT_STORAGE, "file_permissions_mode": 0o600}
        if _in_directory
        else _storage_options,
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage",
    },
}

SECURE_CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "style-src": ["'self'"],
    "img-src": ["'self'"],
    "font-src": ["'self'"],
    "connect-src": ["'self'"],
    "form-action": ["'self'"],
    "base-uri": ["'none'"],
    "frame-ancestors": ["'none'"],
}
SECURE_SSL_REDIRECT = _HTTPS
API_PATHS = r"^(oauth2|scim|xapi|shared-events|\.well-known)(/|$)"  # protocols: JSON errors, never a redirect
SECURE_REDIRECT_EXEMPT = [API_PATHS]
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SECURE_REFERRER_POLICY = "same-origin"  # no-referrer would send Origin: null, which CSRF protection refuses
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
if _HTTPS:  # the prefix binds a cookie to this host, to https and to the whole site (RFC 6265bis §4.1.3.2)
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_ENGINE = "clients.session_store"
SESSION_COOKIE_AGE = 12 * 3600  # from the login on, however much it is used: see clients.pages.seen
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no third cookie
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440  # forms; API views read their own bounded bodies

_RFC9700_GATES = [
    "IMPLICIT_GRANT",
    "PASSWORD_GRANT",
    "PKCE_METHOD",
    "ACCESS_TOKEN_TRANSPORT",
    "AUTHZ_RESPONSE_ISS",
    "TOKEN_STORAGE",
    "REFRESH_TOKEN",
    "REDIRECT_URI_SCHEME",
    "REDIRECT_URI_MATCHING",
    "PKCE_REQUIRED",
]
OAUTH2_PROVIDER_APPLICATION_MODEL = "clients.Client"
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "clients.UnusedAccessToken"  # noqa: S105
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "clients.UnusedRefreshToken"  # noqa: S105
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "clients.UnusedIDToken"  # noqa: S105
OAUTH2_PROVIDER_GRANT_MODEL = "clients.UnusedGrant"
OAUTH2_PROVIDER_DEVICE_GRANT_MODEL = "clients.UnusedDeviceGrant"
OAUTH2_PROVIDER: dict[str, Any] = {
    "OAUTH2_SERVER_CLASS": "oauthlib.oauth2.BackendApplicationServer",
    "OAUTH2_VALIDATOR_CLASS": "clients.oauth.validator.ClientValidator",
    "ACCESS_TOKEN_GENERATOR": "clients.oauth.validator.issue_access_token",
    "SCOPES": {"scim": "SCIM"},  # the vocabulary is clients.rights; the validator never reads this
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"],
    **{f"COMPLIANT_BCP_RFC9700_{gate}": True for gate in _RFC9700_GATES},
}

# django-scim2 serves requests through its view and our guard; every hook of its own engine is closed.
_SCIM_CLOSED = [
    "USER_MODEL_GETTER",
    "USER_ADAPTER",
    "GROUP_MODEL",
    "GROUP_ADAPTER",
    "USER_FILTER_PARSER",
    "GROUP_FILTER_PARSER",
    "SERVICE_PROVIDER_CONFIG_MODEL",
    "GET_EXTRA_MODEL_FILTER_KWARGS_GETTER",
    "GET_EXTRA_MODEL_EXCLUDE_KWARGS_GETTER",
    "GET_OBJECT_POST_PROCESSOR_GETTER",
    "GET_QUERYSET_POST_PROCESSOR_GETTER",
    "GET_IS_AUTHENTICATED_PREDICATE",
]
SCIM_SERVICE_PROVIDER: dict[str, Any] = {
    "BASE_LOCATION_GETTER": "scim.guard.base_location",
    "AUTH_CHECK_MIDDLEWARE": "scim.guard.guard",
    "SCHEMAS_GETTER": "scim.guard.no_schemas",  # called when the view's module is imported
    "EXPOSE_SCIM_EXCEPTIONS": False,
    "WWW_AUTHENTICATE_HEADER": 'Bearer realm="SCIM"',
    "AUTHENTICATION_SCHEMES": [
        {
            "type": "oauthbearertoken",
            "name": "OAuth bearer token",
            "description": "An access token, or the bearer token of an OAuth client (RFC 6750).",
            "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
            "primary": True,
        }
    ],
    **dict.fromkeys(_SCIM_CLOSED, "scim.guard.unreachable"),
}

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "UNAUTHENTICATED_TOKEN": None,
}

# Failed authentications before 429: burst and refill per minute, by claimed client ID and by address. 0 switches off.
FAILURES_PER_CLIENT = (env.number("FAILURES_PER_CLIENT", 100), 60)
FAILURES_PER_ADDRESS = (env.number("FAILURES_PER_ADDRESS", 300), 300)
# Successful token requests of one client before 429: burst, and refill per second. 0 switches off.
TOKENS_PER_CLIENT = (env.number("TOKENS_PER_CLIENT", 0), 20)

# Requests of one client on all services and the token endpoint, unless it has values of its own. 0 switches off.
CLIENT_REQUESTS_PER_MINUTE = env.number("CLIENT_REQUESTS_PER_MINUTE", 12_000)
CLIENT_BURST = env.number("CLIENT_BURST", 2_000)

PROVISIONING_LOG_MONTHS = env.number("PROVISIONING_LOG_MONTHS", 12)

LRS_MAX_BODY_BYTES = env.number("LRS_MAX_BODY_BYTES", 32 * 1024 * 1024)
LRS_MAX_STATEMENT_BYTES = env.number("LRS_MAX_STATEMENT_BYTES", 1024 * 1024)
LRS_MAX_BATCH = env.number("LRS_MAX_BATCH", 5_000)
LRS_MAX_ATTACHMENT_BYTES = env.number("LRS_MAX_ATTACHMENT_BYTES", 256 * 1024 * 1024)
LRS_MAX_DOCUMENT_BYTES = env.number("LRS_MAX_DOCUMENT_BYTES", 16 * 1024 * 1024)
LRS_PAGE_SIZE = env.number("LRS_PAGE_SIZE", 500)
LRS_MAX_PAGE_BYTES = env.number("LRS_MAX_PAGE_BYTES", 8 * 1024 * 1024)
LRS_RETENTION_MONTHS = env.number("LRS_RETENTION_MONTHS", 0)
LRS_DEFAULT_VERSION = env.text("LRS_DEFAULT_VERSION", "1.0.3")
LRS_REQUIRE_VERSION_HEADER = env.flag("LRS_REQUIRE_VERSION_HEADER", default=True)
LRS_CORS_ORIGINS = env.words("LRS_CORS_ORIGINS")
for _origin in LRS_CORS_ORIGINS:
    if not re.fullmatch(r"\*|https?://[a-z0-9.:\[\]-]+", _origin):
        raise ImproperlyConfigured(
            f"LRS_CORS_ORIGINS: {_origin} is no origin such as https://content.example.org, nor *."
        )

METRICS_TOKEN = env.text("METRICS_TOKEN")  # who bears it reads /metrics

# Networks that are called although they are private: other LMSes inside the same house, as 10.0.0.0/8 2001:db8::/32.
SHARED_EVENTS_ALLOWED_NETWORKS = [ip_network(text) for text in env.words("SHARED_EVENTS_ALLOWED_NETWORKS")]

LOG_LEVEL = env.text("LOG_LEVEL", "INFO").upper()
LOG_FORMAT = env.text("LOG_FORMAT", "line")
if LOG_FORMAT not in {"line", "json"}:
    raise ImproperlyConfigured("LOG_FORMAT: line or json expected.")
LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request_id": {"()": "lms_oauth.logs.RequestIdFilter"}},
    "formatters": {
        "line": {
            "format": "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s",
            "datefmt": "%Y-%m-%dT%H:%M:%S%z",
        },
        "json": {"()": "lms_oauth.logs.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id"]}},
    "root": {"handlers": ["stderr"], "level": LOG_LEVEL},
    "loggers": {
        # At DEBUG oauthlib writes issued tokens; its loggers never go below INFO.
        "oauthlib": {"level": "INFO"},
        "oauth2_provider": {"level": "INFO"},
        "django.server": {"handlers": ["stderr"], "propagate": False},
    },
}
