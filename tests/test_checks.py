"""Combinations of settings that would bite are said at start."""

import pytest
from django.core.checks import run_checks

LOCMEM = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
REDIS = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis:"}
}


def said():
    """Which of our own checks say something."""
    return [message.id for message in run_checks() if message.id.startswith("messaging.")]


def test_the_settings_as_they_are_need_no_word():
    assert run_checks() == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_ENGINE", "django.contrib.sessions.backends.cache"),
        ("SESSION_ENGINE", "django.contrib.sessions.backends.cached_db"),
        ("AXES_HANDLER", "axes.handlers.cache.AxesCacheHandler"),
    ],
)
def test_a_cache_of_each_process_does_not_hold_what_all_must_see(settings, name, value):
    setattr(settings, name, value)

    settings.CACHES = LOCMEM
    assert "messaging.E001" in said()
    settings.CACHES = REDIS
    assert "messaging.E001" not in said()


@pytest.mark.parametrize("engine", ["db", "cache", "cached_db", "file", "signed_cookies"])
def test_sessions_must_know_their_person(settings, engine):
    settings.SESSION_ENGINE = f"django.contrib.sessions.backends.{engine}"

    assert "messaging.E002" in said()


@pytest.mark.parametrize(
    ("engine", "options", "ids"),
    [
        ("sqlite3", {}, ["messaging.E003"]),
        ("sqlite3", {"transaction_mode": "DEFERRED"}, ["messaging.E003"]),
        ("sqlite3", {"transaction_mode": "IMMEDIATE"}, []),
        ("postgresql", {}, []),
    ],
)
def test_sqlite_must_lock_before_it_reads(settings, monkeypatch, engine, options, ids):
    database = settings.DATABASES["default"]
    monkeypatch.setitem(database, "ENGINE", f"django.db.backends.{engine}")
    monkeypatch.setitem(database, "OPTIONS", options)

    assert said() == ids


@pytest.mark.parametrize(
    ("url", "ids"),
    [
        ("https://parley.example", []),
        ("https://parley.example:8443", []),
        ("http://127.0.0.1:8000", []),
        ("http://localhost", []),
        ("http://[::1]:8000", []),
        ("http://parley.example", ["messaging.W001"]),
        ("http://192.168.0.2:8000", ["messaging.W001"]),
        ("parley.example", ["messaging.E004"]),
        ("ftp://parley.example", ["messaging.E004"]),
        ("https://", ["messaging.E004"]),
        ("https://parley.example/chat", ["messaging.E004"]),
        ("https://parley.example?chat", ["messaging.E004"]),
        ("https://parley.example:port", ["messaging.E004"]),
        ("https://me@parley.example", ["messaging.E004"]),
        ("", ["messaging.E004"]),
    ],
)
def test_the_address_of_the_site(settings, url, ids):
    settings.SITE_URL = url

    assert said() == ids


@pytest.mark.parametrize(
    ("value", "ids"),
    [("open", []), ("closed", []), ("Open", ["messaging.E005"]), ("", ["messaging.E005"])],
)
def test_sign_up_is_open_or_closed(settings, value, ids):
    settings.SIGNUP = value

    assert said() == ids
