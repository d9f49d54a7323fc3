"""The settings, as the environment makes them."""

import os
import runpy
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import ConnectionHandler

from messagingapp import secret_key

FILE = Path(secret_key.__file__).with_name("settings.py")
VARIABLES = ["DEBUG", "SECRET_KEY", "SITE_URL", "SIGNUP", "ADMIN", "VAR", "DATABASE_URL"]
VARIABLES += ["DATABASE_REPLICA_URL", "CACHE_URL", "EMAIL_URL", "EMAIL_FROM"]


@pytest.fixture
def settings_with(monkeypatch, tmp_path):
    """The settings that these variables make, and no others: `settings_with(DEBUG="on")`."""

    def settings_with(**variables):
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in {"VAR": str(tmp_path / "var"), **variables}.items():
            monkeypatch.setenv(name, value)
        return SimpleNamespace(**runpy.run_path(str(FILE)))

    return settings_with


# The site


def test_without_any_variable_the_site_is_safe_and_on_this_machine(settings_with):
    settings = settings_with()

    assert settings.DEBUG is False
    assert settings.ADMIN is False
    assert settings.SIGNUP == "closed"
    assert settings.SITE_URL == "http://127.0.0.1:8000"
    assert set(settings.ALLOWED_HOSTS) == {"localhost", "127.0.0.1", "[::1]"}
    assert settings.CSRF_TRUSTED_ORIGINS == ["http://127.0.0.1:8000"]
    assert settings.DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert settings.CACHES["default"]["LOCATION"] == "unique-snowflake"
    assert settings.EMAIL_BACKEND == "django.core.mail.backends.console.EmailBackend"


SECURE = {
    "SESSION_COOKIE_SECURE": True,
    "CSRF_COOKIE_SECURE": True,
    "SECURE_SSL_REDIRECT": True,
    "SECURE_HSTS_SECONDS": 31_536_000,
    "SECURE_PROXY_SSL_HEADER": ("HTTP_X_FORWARDED_PROTO", "https"),
}
INSECURE = {
    "SESSION_COOKIE_SECURE": False,
    "CSRF_COOKIE_SECURE": False,
    "SECURE_SSL_REDIRECT": False,
    "SECURE_HSTS_SECONDS": 0,
    "SECURE_PROXY_SSL_HEADER": None,
}


LOOPBACK = ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("url", "hosts", "origin", "transport"),
    [
        ("https://parley.example", ["parley.example", *LOOPBACK], "https://parley.example", SECURE),
        (
            "https://parley.example/",
            ["parley.example", *LOOPBACK],
            "https://parley.example",
            SECURE,
        ),
        (
            "https://Parley.Example:8443",
            ["parley.example", *LOOPBACK],
            "https://Parley.Example:8443",
            SECURE,
        ),
        ("http://parley.example", ["parley.example", *LOOPBACK], "http://parley.example", INSECURE),
        (
            "http://localhost:9000",
            LOOPBACK,
            "http://localhost:9000",
            INSECURE,
        ),
    ],
)
def test_the_address_of_the_site_decides_hosts_origins_and_transport(
    settings_with, url, hosts, origin, transport
):
    settings = settings_with(SITE_URL=url)

    assert hosts == settings.ALLOWED_HOSTS
    assert [origin] == settings.CSRF_TRUSTED_ORIGINS
    assert {name: getattr(settings, name) for name in transport} == transport


def test_the_health_check_needs_no_tls(settings_with):
    assert settings_with(SITE_URL="https://a.example").SECURE_REDIRECT_EXEMPT == [r"^healthz$"]


@pytest.mark.parametrize(
    ("value", "debug"), [("on", True), ("1", True), ("off", False), ("", False)]
)
def test_debug_is_on_where_it_is_asked_for(settings_with, value, debug):
    assert settings_with(DEBUG=value).DEBUG is debug


# Data


def test_a_database_server_is_used_where_one_is_named(settings_with):
    database = settings_with(DATABASE_URL="postgres://me:secret@db.example:5433/parley").DATABASES[
        "default"
    ]

    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example", 5433, "parley")
    assert database["CONN_MAX_AGE"] > 0
    assert "init_command" not in database["OPTIONS"]
    assert "transaction_mode" not in database["OPTIONS"]


def test_a_shared_cache_is_used_where_one_is_named(settings_with):
    cache = settings_with(CACHE_URL="redis://cache.example:6379/1").CACHES["default"]

    assert cache["BACKEND"] == "django.core.cache.backends.redis.RedisCache"
    assert cache["LOCATION"] == "redis://cache.example:6379/1"


@pytest.mark.django_db
def test_the_embedded_database_is_durable_forgets_what_is_deleted_and_queues_writers(settings_with):
    database = ConnectionHandler(settings_with().DATABASES)["default"]

    def pragma(name):
        with database.cursor() as cursor:
            return cursor.execute(f"PRAGMA {name}").fetchone()[0]

    try:
        assert pragma("journal_mode") == "wal"
        assert pragma("synchronous") == 2  # FULL
        assert pragma("secure_delete") == 1
        assert pragma("busy_timeout") == 20_000
        assert database.transaction_mode == "IMMEDIATE"
    finally:
        database.close()


# The secret key


def test_a_secret_key_of_the_environment_is_used_and_none_is_written(settings_with, tmp_path):
    assert settings_with(SECRET_KEY="of the environment").SECRET_KEY == "of the environment"
    assert not (tmp_path / "var" / "secret-key").exists()


def test_a_secret_key_is_made_once_for_each_site(settings_with, tmp_path):
    first, again = settings_with().SECRET_KEY, settings_with(SECRET_KEY="").SECRET_KEY
    elsewhere = settings_with(VAR=str(tmp_path / "elsewhere")).SECRET_KEY

    assert len(first) > 50
    assert again == first
    assert elsewhere != first


def test_only_the_owner_may_read_the_secret_key(tmp_path):
    path = tmp_path / "var" / "secret-key"
    before = os.umask(0)
    try:
        secret_key.read_or_create(path)
    finally:
        os.umask(before)

    assert stat.filemode(path.stat().st_mode) == "-rw-------"


def test_an_existing_secret_key_is_never_overwritten(tmp_path):
    path = tmp_path / "secret-key"
    path.write_text("mine")

    assert secret_key.read_or_create(path) == "mine"
    assert path.read_text() == "mine"


def test_processes_that_start_at_once_share_one_whole_secret_key(tmp_path):
    start = Barrier(8)

    def read(path):
        start.wait(timeout=60)
        return secret_key.read_or_create(path)

    with ThreadPoolExecutor(8) as threads:
        for number in range(20):
            path = tmp_path / str(number) / "secret-key"
            keys = set(threads.map(read, [path] * 8))
            assert keys == {path.read_text()}
            assert len(path.read_text()) > 50
            assert list(path.parent.iterdir()) == [path]


def test_a_secret_key_that_another_process_wrote_meanwhile_is_kept(tmp_path, monkeypatch):
    path = tmp_path / "secret-key"
    exists = Path.exists

    def written_meanwhile(self):
        if self != path or exists(path):
            return exists(self)
        path.write_text("theirs")
        return False

    monkeypatch.setattr(Path, "exists", written_meanwhile)

    assert secret_key.read_or_create(path) == "theirs"
    assert list(tmp_path.iterdir()) == [path]
