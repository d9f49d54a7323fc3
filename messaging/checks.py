"""Combinations of settings that would bite later, said at start."""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.core.checks import Error, Warning, register

SITE = re.compile(r"https?://([\w.-]+|\[[\da-f:.]+\])(:\d+)?", re.IGNORECASE)
LOCMEM = "django.core.cache.backends.locmem.LocMemCache"
NEEDS_SHARED_CACHE = {
    "SESSION_ENGINE": {
        "django.contrib.sessions.backends.cache",
        "django.contrib.sessions.backends.cached_db",
    },
    "AXES_HANDLER": {"axes.handlers.cache.AxesCacheHandler"},
}


@register()
def shared_cache(app_configs, **kwargs):
    if settings.CACHES["default"]["BACKEND"] != LOCMEM:
        return []
    return [
        Error(
            f"{name} keeps its data in the cache, but each process has a cache of its own.",
            hint="Set CACHE_URL to a Redis server.",
            id="messaging.E001",
        )
        for name, values in NEEDS_SHARED_CACHE.items()
        if getattr(settings, name, None) in values
    ]


@register()
def own_sessions(app_configs, **kwargs):
    if settings.SESSION_ENGINE == "messaging.sessions":
        return []
    return [
        Error(
            "Sessions of a deleted account can only be ended where sessions name their person.",
            hint='Set SESSION_ENGINE = "messaging.sessions".',
            id="messaging.E002",
        )
    ]


@register()
def sqlite_writers(app_configs, **kwargs):
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        return []
    if database.get("OPTIONS", {}).get("transaction_mode") == "IMMEDIATE":
        return []
    return [
        Error(
            "Two people sending at once would see 'database is locked'.",
            hint='Set "transaction_mode": "IMMEDIATE" in the OPTIONS of the SQLite database.',
            id="messaging.E003",
        )
    ]


@register()
def site_url(app_configs, **kwargs):
    site = urlsplit(settings.SITE_URL)
    if not SITE.fullmatch(settings.SITE_URL):
        return [
            Error(
                f"SITE_URL is {settings.SITE_URL!r}, which is not the address of a site.",
                hint="Write it like https://parley.example, without a path.",
                id="messaging.E004",
            )
        ]
    if site.scheme == "http" and site.hostname not in {"localhost", "127.0.0.1", "::1"}:
        return [
            Warning(
                "Private messages would cross the network readable by anyone on the way.",
                hint="Put the site behind TLS and set SITE_URL to its https address.",
                id="messaging.W001",
            )
        ]
    return []


@register()
def signup(app_configs, **kwargs):
    if settings.SIGNUP in {"open", "closed"}:
        return []
    return [
        Error(
            f"SIGNUP is {settings.SIGNUP!r}.",
            hint='Set it to "open" or "closed".',
            id="messaging.E005",
        )
    ]
