"""The product's own settings, quick and with data of its own."""

import os
import secrets
from urllib.parse import urlsplit

from messagingapp.settings import *  # noqa: F403
from messagingapp.settings import CACHES, DATABASES, STORAGES, VAR

FOLDER = VAR / "test"
STATIC_ROOT = FOLDER / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

DEBUG = False
ADMIN = True
SIGNUP = "closed"
SECRET_KEY = secrets.token_urlsafe(64)
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# Races between threads need a database in a file.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"] = {"NAME": FOLDER / "parley.sqlite3"}

# Emptying the cache empties a whole Redis database: each worker of pytest-xdist has its own.
if CACHES["default"]["LOCATION"].startswith("redis"):
    number = 1 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    url = urlsplit(CACHES["default"]["LOCATION"])
    CACHES["default"]["LOCATION"] = url._replace(path=f"/{number}").geturl()

# Neither what `collectstatic` left nor a scan of every static file for every test client.
STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
WHITENOISE_AUTOREFRESH = True
