"""Pages are read from a replica, and never show a person less than that person did."""

import runpy
import sqlite3
import time
from contextlib import closing, contextmanager
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import quote

import psycopg
import pytest
from django.db import (
    ConnectionHandler,
    DatabaseError,
    connection,
    connections,
    router,
    transaction,
)
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from messaging.models import Message, Session, User
from messagingapp.replicas import COOKIE, PINNED_FOR, ReplicaRouter
from tests import services
from tests.html import badge_count, shown_messages, soup, unread_senders
from tests.htmx import Tab, events
from tests.process import database_url, processes
from tests.test_caching import WAYS
from tests.test_queries import FORM, PAGES

pytestmark = pytest.mark.django_db(transaction=True)

SETTINGS = Path(__file__).parents[1] / "messagingapp" / "settings.py"


# The replica: it is as far behind as it was when it last caught up


class Copy:
    """What stands in for a replica beside SQLite: a copy of its file."""

    def __init__(self, path):
        self.path = path
        self.url = f"sqlite:///{path}"

    def catch_up(self):
        primary = closing(sqlite3.connect(connection.settings_dict["NAME"]))
        with primary as source, closing(sqlite3.connect(self.path)) as copy:
            source.backup(copy)


class Standby:
    """A real one, of PostgreSQL, which is told when to replay what it has received."""

    def __init__(self, server):
        self.server = psycopg.connect(server, autocommit=True)
        to = self.server.info
        place = f"{to.user}:{quote(to.password, safe='')}@{to.host}:{to.port}"
        self.url = f"postgres://{place}/{connection.settings_dict['NAME']}"

    def ask(self, question, *values):
        return self.server.execute(f"SELECT {question}", values).fetchone()[0]

    def catch_up(self):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = on")
            cursor.execute("SELECT pg_logical_emit_message(true, 'tests', '')::text")
            (latest,) = cursor.fetchone()
        self.ask("pg_wal_replay_resume()")
        self.wait_until("pg_last_wal_replay_lsn() >= %s::pg_lsn", latest)
        self.ask("pg_wal_replay_pause()")
        self.wait_until("pg_get_wal_replay_pause_state() = 'paused'")

    def wait_until(self, condition, *values):
        deadline = time.monotonic() + 60
        while not self.ask(condition, *values):
            assert time.monotonic() < deadline, condition


@contextmanager
def standby():
    primary = connection.settings_dict
    backup = services.program("pg_basebackup")
    if backup is None or primary["USER"] != "parley":
        pytest.skip("A standby is made of the server of tests.services only")
    with services.folder() as place:
        services.private(place / "password", primary["PASSWORD"])
        command = [
            backup,
            f"--pgdata={place / 'postgresql'}",
            f"--dbname={database_url()}",
            "--write-recovery-conf",
            "--checkpoint=fast",
            "--no-sync",
        ]
        with services.child(command, place) as process:
            assert process.wait() == 0, (place / "log").read_text()
        with services.postgresql(place, **services.FORGETFUL) as url:
            server = Standby(url)
            with closing(server.server):
                yield server


@pytest.fixture(scope="session")
def replica_server(django_db_setup, django_db_blocker, tmp_path_factory):
    if connection.vendor == "sqlite":
        yield Copy(tmp_path_factory.mktemp("replica") / "replica.sqlite3")
        return
    with django_db_blocker.unblock(), standby() as server:
        yield server


@pytest.fixture
def settings_with(monkeypatch, tmp_path):
    """The settings of a site with this database, and what else is given."""

    def settings_with(**variables):
        for name in ("DATABASE_REPLICA_URL", "CACHE_URL", "SITE_URL", "DEBUG"):
            monkeypatch.delenv(name, raising=False)
        given = {"VAR": str(tmp_path / "var"), "DATABASE_URL": database_url(), **variables}
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        return SimpleNamespace(**runpy.run_path(str(SETTINGS)))

    return settings_with


@pytest.fixture
def site_with(settings, settings_with):
    """Has this very process serve a site with a replica at some address."""

    def site_with(url):
        made = settings_with(DATABASE_REPLICA_URL=url)
        settings.DATABASE_ROUTERS = made.DATABASE_ROUTERS
        settings.MIDDLEWARE = made.MIDDLEWARE
        connections["replica"] = ConnectionHandler(made.DATABASES)["replica"]

    yield site_with
    connections["replica"].close()
    del connections["replica"]


@pytest.fixture
def replica(replica_server, site_with):
    replica_server.catch_up()
    site_with(replica_server.url)
    return replica_server


@pytest.fixture
def scene(alice, bob, charlie, browse, write, replica):
    """Alice and bob have talked, and the replica knows it; charlie looks on from outside."""
    one = write(alice, bob, "One")
    two = write(bob, alice, "Two", to=one)
    browsers = {person.username: browse(person) for person in (alice, bob, charlie)}
    replica.catch_up()
    return SimpleNamespace(one=one, two=two, **browsers)


def look(browser, to, *args, **query):
    response = browser.get(resolve_url(to, *args), query or None)
    assert response.status_code == 200
    return soup(response)


def with_bob(browser):
    return shown_messages(look(browser, "conversation", "bob"))


def with_alice(browser):
    return shown_messages(look(browser, "conversation", "alice"))


def send(browser, content="Three"):
    to = reverse("conversation", args=["bob"])
    return browser.post(to, {"content": content}, follow=True)


def later(browser):
    """The same browser when its pin has expired."""
    assert browser.cookies.pop(COOKIE)["max-age"] == PINNED_FOR
    return browser


@contextmanager
def asked():
    """How many queries each database answers: {"default": 0, "replica": 3}."""
    numbers = {}
    with (
        CaptureQueriesContext(connections["default"]) as primary,
        CaptureQueriesContext(connections["replica"]) as replica,
    ):
        yield numbers
    numbers |= {"default": len(primary), "replica": len(replica)}


# Whether there is one


def test_without_the_setting_there_is_no_replica(settings_with):
    made = settings_with()

    assert [*made.DATABASES] == ["default"]
    assert not hasattr(made, "DATABASE_ROUTERS")
    assert not any("replica" in name for name in made.MIDDLEWARE)
    assert not router.routers


def test_the_replica_is_asked_before_the_first_query(settings_with):
    made = settings_with(
        DATABASE_REPLICA_URL="postgres://me:secret@copy.example/parley?sslmode=require"
    )
    options = made.DATABASES["replica"]["OPTIONS"]
    sessions = made.MIDDLEWARE.index("django.contrib.sessions.middleware.SessionMiddleware")

    assert made.DATABASES["replica"]["HOST"] == "copy.example"
    assert made.DATABASES["replica"]["CONN_MAX_AGE"] > 0
    assert options["sslmode"] == "require"
    assert options["connect_timeout"] == 2
    assert "-c default_transaction_read_only=on" in options["options"]
    assert made.MIDDLEWARE[sessions - 1] == "messagingapp.replicas.read_from_replica"


def test_the_replica_gets_its_tables_from_the_database(replica):
    assert ReplicaRouter().allow_migrate("default", "messaging")
    assert not ReplicaRouter().allow_migrate("replica", "messaging")


# Who reads what


def test_whoever_only_reads_reads_the_replica(scene, alice, bob, write, replica):
    write(alice, bob, "Three")

    assert with_alice(scene.bob) == ["One"]
    replica.catch_up()
    assert with_alice(scene.bob) == ["One", "Three"]


def test_whoever_writes_sees_it_at_once_and_from_then_on(scene):
    assert shown_messages(soup(send(scene.alice))) == ["One", "Three"]
    assert with_bob(scene.alice) == ["One", "Three"]
    assert with_alice(scene.bob) == ["One"]


def test_the_pin_ends(scene, replica):
    send(scene.alice)
    assert with_bob(scene.alice) == ["One", "Three"]
    replica.catch_up()

    with asked() as queries:
        assert with_bob(later(scene.alice)) == ["One", "Three"]

    assert queries["default"] == 0
    assert queries["replica"] > 0


ABOUT = {
    "conversation": ["bob"],
    "conversation-fragment": ["bob"],
    "conversation-changes": ["bob"],
}


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("pinned", [False, True], ids=["reading", "pinned"])
def test_a_page_is_read_as_a_whole_from_one_database(pinned, name, scene):
    about = [scene.one.pk] if name.startswith("message") else ABOUT.get(name, [])
    if pinned:
        scene.alice.cookies[COOKIE] = "1"

    with asked() as queries:
        look(scene.alice, name, *about)

    one, other = ("default", "replica") if pinned else ("replica", "default")
    assert queries[one] > 0
    assert queries[other] == 0


@pytest.mark.parametrize("name", ["conversation", "message-replies", "compose", "messages-read"])
def test_what_is_written_is_written_to_the_primary_alone(name, scene):
    address = {
        "conversation": reverse(name, args=["bob"]) if name == "conversation" else "",
        "message-replies": f"/messages/{scene.two.pk}/replies/",
        "compose": "/compose/",
        "messages-read": "/messages/read/",
    }[name]

    with asked() as queries:
        answer = scene.alice.post(address, FORM | {"message": scene.two.pk})

    assert answer.status_code == 303
    assert queries["default"] > 0
    assert queries["replica"] == 0


def test_a_shell_knows_nothing_of_it(scene, alice, bob):
    with asked() as queries:
        message = Message.objects.create(sender=alice, receiver=bob, content="Three")
        assert Message.objects.get(pk=message.pk).content == "Three"
        assert message in Message.unread.for_user(bob)

    assert queries["replica"] == 0


def test_the_replica_takes_no_writes(scene):
    with pytest.raises(DatabaseError, match=r"read-?only"):
        Session.objects.using("replica").create(session_key="x", expire_date="2030-01-01T00:00Z")


def test_the_pin_is_as_private_as_the_session(alice, scene, settings):
    settings.SESSION_COOKIE_SECURE = True
    form = {"username": "alice", "password": "correct horse battery"}
    cookies = Client().post(reverse("login"), form, secure=True).cookies

    for part in ("httponly", "samesite", "secure", "path", "domain"):
        assert cookies[COOKIE][part] == cookies["sessionid"][part], part
    assert cookies[COOKIE]["max-age"] == PINNED_FOR


def test_reading_pins_nobody(scene):
    look(scene.alice, "inbox")

    assert COOKIE not in scene.alice.cookies


# What is not there yet


def test_whoever_has_just_come_is_let_in(scene, browse):
    dora = browse(User.objects.create_user("dora"))  # in a browser that has lost its pin

    assert look(dora, "inbox").h1
    assert dora.get(reverse("login")).status_code == 302
    assert look(dora, "inbox").h1


def test_a_message_that_is_not_there_yet_is_found(scene, alice, bob, write):
    three = write(alice, bob, "Three")

    assert shown_messages(look(scene.bob, three)) == ["Three"]


def test_a_stranger_is_not_served_by_either(scene, alice, bob, write):
    message, new = scene.one, write(alice, bob, "Three")
    assert "One" in shown_messages(look(scene.alice, message))

    for asks in (scene.charlie, Client()):
        for address in (message.get_absolute_url(), new.get_absolute_url(), "/conversations/bob/"):
            for headers in WAYS.values():
                assert asks.get(address, headers=headers).status_code in (302, 401, 404)


def test_whoever_has_gone_is_shown_nothing_once_the_replica_knows(scene, alice, replica):
    assert with_bob(scene.alice) == with_alice(scene.bob) == ["One"]

    alice.delete()
    replica.catch_up()

    assert scene.alice.get("/").status_code == 302
    assert scene.bob.get("/conversations/alice/").status_code == 404


def test_a_session_that_a_new_password_ended_ends_without_an_error(scene, alice, replica):
    alice.set_password("another horse battery")
    alice.save()
    replica.catch_up()

    assert scene.alice.get("/").status_code == 302
    assert not Session.objects.filter(user_id=alice.pk).exists()


def test_without_the_replica_the_primary_answers(alice, bob, browse, write, site_with, tmp_path):
    away = {"sqlite": f"sqlite:///{tmp_path}/nowhere/replica.sqlite3"}
    site_with(away.get(connection.vendor, "postgres://me:secret@127.0.0.1:1/parley"))
    write(alice, bob, "One")
    browser = browse(alice)
    browser.raise_request_exception = False  # of the replica, which is logged

    assert with_bob(browser) == ["One"]


# Polls


@pytest.fixture
def open_page(scene):
    """The conversation with bob in a tab of alice."""
    return Tab(scene.alice, look(scene.alice, "conversation", "bob"))


def badge(tab):
    return tab.ask(tab.page.find(id="unread-badge"))


def test_a_poll_hears_the_news_when_the_replica_does(open_page, alice, bob, write, replica):
    write(bob, alice, "Three")
    with asked() as queries:
        assert open_page.poll().status_code == 204
        assert badge(open_page).status_code == 204
    assert queries["default"] == 0
    replica.catch_up()

    open_page.poll()
    badge(open_page)

    assert shown_messages(open_page.page) == ["One", "Three"]
    assert badge_count(open_page.page) == "2"


def test_a_page_that_knows_more_than_the_replica_stays_as_it_is(scene, alice, bob, write, replica):
    write(bob, alice, "Three")
    scene.alice.cookies[COOKIE] = "1"
    tab = Tab(scene.alice, look(scene.alice, "conversation", "bob"))
    del scene.alice.cookies[COOKIE]
    before = str(tab.page)
    assert shown_messages(tab.page) == ["One", "Three"]
    assert badge_count(tab.page) == "2"

    assert tab.poll().status_code == 204
    assert badge(tab).status_code == 204

    assert str(tab.page) == before


def test_news_are_as_new_as_the_primary_and_never_whole(
    scene, open_page, alice, bob, write, replica
):
    write(bob, alice, "Three")
    replica.catch_up()
    write(bob, alice, "Four")

    assert events(open_page.poll()) == ["news"]

    assert shown_messages(open_page.page) == ["One", "Three", "Four"]
    assert not open_page.response.content.count(b'id="conversation"')


def test_whoever_heard_news_is_shown_lists_that_have_it(open_page, alice, bob, write, replica):
    write(bob, alice, "Three")
    replica.catch_up()
    write(bob, alice, "Four")

    badge(open_page)

    assert badge_count(open_page.page) == "3"
    assert len(unread_senders(look(open_page.client, "inbox"))) == 3


def test_after_a_backup_was_restored_the_whole_list_comes(open_page, alice, bob, write, replica):
    page = write(bob, alice, "Three")
    replica.catch_up()
    open_page.poll()
    page.delete()
    alice.conversations.update(version=1, redrawn=0)
    replica.catch_up()

    later(open_page.client)
    open_page.poll()

    assert shown_messages(open_page.page) == ["One"]


# What is stored


def test_a_late_list_is_never_stored_as_a_new_one(scene, replica):
    send(scene.alice)

    assert with_alice(scene.bob) == ["One"]
    assert with_bob(scene.alice) == ["One", "Three"]
    assert with_bob(later(scene.alice)) == ["One"]
    replica.catch_up()
    assert with_alice(scene.bob) == with_bob(scene.alice) == ["One", "Three"]


def test_what_opens_a_transaction_is_read_from_the_primary(scene, alice, monkeypatch):
    read = []

    def in_a_transaction(view, request):
        with transaction.atomic():
            read.append(User.objects.get(pk=alice.pk)._state.db)
        return HttpResponse()

    monkeypatch.setattr("messaging.views.InboxView.get", in_a_transaction)
    assert scene.alice.get("/").status_code == 200

    assert read == ["default"]


def test_what_writes_is_left_to_the_primary(scene, alice, monkeypatch):
    def change_one_s_name(view, request):
        User.objects.filter(pk=alice.pk).update(display_name="Alicia")
        return HttpResponse(User.objects.get(pk=alice.pk).name)

    monkeypatch.setattr("messaging.views.InboxView.get", change_one_s_name)

    assert scene.alice.get("/").content == b"Alicia"


# As production runs it


def test_a_process_reads_the_replica_that_its_environment_names(scene, replica, monkeypatch):
    monkeypatch.setenv("DATABASE_REPLICA_URL", replica.url)
    address = reverse("conversation-fragment", args=["bob"])
    send(scene.alice)

    with processes(1) as (process,):
        pinned = process.get(scene.alice, address)
        late = process.get(later(scene.alice), address)
        replica.catch_up()
        caught_up = process.get(scene.alice, address)

    for (head, content), shown in ((pinned, True), (late, False), (caught_up, True)):
        assert head.startswith(b"HTTP/1.1 200")
        assert (b"Three" in content) is shown
