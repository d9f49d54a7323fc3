"""Settings, read from the environment; with nothing set, the site runs safely on this machine.

The table in README.md lists every variable.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from messagingapp import secret_key

env = environ.Env()

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = Path(env.str("VAR", default=str(BASE_DIR / "var")))  # database, secret key, static files
VAR.mkdir(mode=0o700, parents=True, exist_ok=True)

# The site

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or secret_key.read_or_create(VAR / "secret-key")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SIGNUP = env.str("SIGNUP", default="closed")  # "open": anyone may join; "closed": by invitation
ADMIN = env.bool("ADMIN", default=False)  # mounts Django's admin at /admin/

LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]
_site = urlsplit(SITE_URL)
HTTPS = _site.scheme == "https"
_here = _site.hostname in {"localhost", "127.0.0.1", "::1"}
ALLOWED_HOSTS = LOOPBACK if _here else [_site.hostname, *LOOPBACK]  # for healthz, from beside it
CSRF_TRUSTED_ORIGINS = [SITE_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0  # a year, as hstspreload.org asks
# The other sites of the domain are not ours to decide about, as these two checks would have it.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]  # asked by the machine's own supervisor, without TLS

# The application

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "widget_tweaks",
    "messaging",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # It pads at random, and cookies seldom come along from other sites: BREACH learns little.
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "messaging.middleware.private_responses",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "messaging.middleware.reader_time_zone",
    "messaging.middleware.PageOwnerMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "messagingapp.urls"
WSGI_APPLICATION = "messagingapp.wsgi.application"
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
            ],
        },
    },
]

# Data

# Every query here reads few rows by an index. Told so, PostgreSQL keeps to that also where its
# statistics are old; compiling such a query takes longer than running it.
PLANNER = "-c jit=off -c random_page_cost=1.1" + "".join(
    f" -c enable_{way}=off" for way in ("hashjoin", "mergejoin", "seqscan", "bitmapscan")
)
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{VAR / 'parley.sqlite3'}")}
if "DATABASE_URL" not in env.ENVIRON:
    (VAR / "parley.sqlite3").touch(mode=0o600)  # before SQLite makes it for all to read
DATABASES["default"].update(CONN_MAX_AGE=600, CONN_HEALTH_CHECKS=True)
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a transaction that reads first and writes later would otherwise be refused at once
    # when another one is writing, whatever the timeout. FULL: what was acknowledged survives a
    # power cut. secure_delete: what was erased is gone from the file.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;"
        ),
    }
else:
    DATABASES["default"].setdefault("OPTIONS", {}).setdefault("options", PLANNER)
if "DATABASE_REPLICA_URL" in env.ENVIRON:
    replica = DATABASES["replica"] = env.db("DATABASE_REPLICA_URL")
    replica.update(CONN_MAX_AGE=600, CONN_HEALTH_CHECKS=True, TEST={"MIRROR": "default"})
    if replica["ENGINE"] == "django.db.backends.sqlite3":
        replica["OPTIONS"] = {"timeout": 20, "init_command": "PRAGMA query_only=ON"}
    else:
        read_only = {
            "options": f"{PLANNER} -c default_transaction_read_only=on",
            "connect_timeout": 2,  # seconds; the primary answers where the replica is away
        }
        replica["OPTIONS"] = {**read_only, **replica.get("OPTIONS", {})}
    DATABASE_ROUTERS = ["messagingapp.replicas.ReplicaRouter"]
    MIDDLEWARE.insert(
        MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware"),
        "messagingapp.replicas.read_from_replica",
    )
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "unique-snowflake",
        "OPTIONS": {"MAX_ENTRIES": 1_000},
    }
}
if "CACHE_URL" in env.ENVIRON:
    CACHES["default"] = env.cache("CACHE_URL")

# People

AUTH_USER_MODEL = "messaging.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "messaging.backends.PersonBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "inbox"
LOGOUT_REDIRECT_URL = "login"
SESSION_ENGINE = "messaging.sessions"
CSRF_FAILURE_VIEW = "messaging.views.csrf_failure"

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_CLIENT_IP_CALLABLE = "messaging.accounts.client_address"
AXES_USERNAME_CALLABLE = "messaging.accounts.attempted_username"
AXES_LOCKOUT_CALLABLE = "messaging.views.locked_out"
AXES_DISABLE_ACCESS_LOG = True  # who signs in when is nobody's business
AXES_VERBOSE = False

vars().update(env.email("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default=f"Parley <parley@{_site.hostname}>")

# Words and times

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = len(LANGUAGES) > 1  # else there is nothing to look up
USE_TZ = True
TIME_ZONE = "UTC"  # for those who chose none; each person may choose one

# Static files: collected ones, and the finders for those that nobody has collected

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "messagingapp.static.StaticStorage"},
}

# Policy

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    # An answer of 4xx is between the site and its reader; only what broke is logged.
    "loggers": {"django.request": {"level": "ERROR"}},
}
