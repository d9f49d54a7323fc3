"""The cast: alice and bob talk, charlie is outside."""

from threading import Thread
from urllib.parse import urljoin

import hypothesis
import pytest
from django.core.cache import cache
from django.db import transaction
from django.shortcuts import resolve_url
from django.test import Client

from messaging.models import Message, User
from tests import gallery
from tests.html import link, soup
from tests.htmx import Tab

PASSWORD = "correct horse battery"

# Examples may take their time, and share the people of their test.
hypothesis.settings.register_profile(
    "parley",
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture],
)
hypothesis.settings.load_profile("parley")


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


class AtOnce(Thread):
    start = Thread.run


@pytest.fixture(scope="session", autouse=True)
def mails_go_first():
    """They are sent before the answer, not beside it, so that a test finds them."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        monkeypatch.setattr("messaging.forms.Thread", AtOnce)
        yield


@pytest.fixture
def alice(db):
    return User.objects.create_user("alice", password=PASSWORD, display_name="Alice Moreau")


@pytest.fixture
def bob(db):
    return User.objects.create_user("bob", password=PASSWORD, display_name="Bob Tanaka")


@pytest.fixture
def charlie(db):
    return User.objects.create_user("charlie", password=PASSWORD, display_name="Charlie Okafor")


@pytest.fixture
def browse():
    """A client signed in as somebody: `browse(alice).get(...)`; nobody without a person."""

    def browse(person=None):
        client = Client()
        if person is not None:
            client.force_login(person)
        return client

    return browse


@pytest.fixture
def visit(browse):
    """The page that somebody finds: `visit(alice, "conversation", "bob")`, `visit(bob, message)`.

    It must be there.
    """

    def visit(person, to, /, *args, **query):
        response = browse(person).get(resolve_url(to, *args), query or None)
        assert response.status_code == 200
        return soup(response)

    return visit


@pytest.fixture
def watch(browse):
    """A page that stays open: `watch(alice, "conversation", "bob").poll()`; see `Tab`."""

    def watch(person, to, /, *args, **query):
        client = browse(person)
        return Tab(client, soup(client.get(resolve_url(to, *args), query or None)))

    return watch


@pytest.fixture
def leaf(visit):
    """The pages of a long list, one after the other, by the link of this name to the next."""

    def leaf(person, name, to, /, *args):
        address = resolve_url(to, *args)
        for _ in range(10):
            page = visit(person, address)
            yield page
            if not (further := link(page, name)):
                return
            address = urljoin(address, further)
        pytest.fail(f"“{name}” leads on and on")

    return leaf


@pytest.fixture
def submit(browse):
    """The answer to somebody's form: `submit(alice, "conversation", "bob", content="Hi")`."""

    def submit(person, to, /, *args, **fields):
        return browse(person).post(resolve_url(to, *args), fields)

    return submit


@pytest.fixture
def crowd(db):
    """As many other people as asked for: `crowd(3)`."""

    def crowd(size):
        people = User.objects.bulk_create(User(username=f"person-{n}") for n in range(size))
        return list(people)

    return crowd


@pytest.fixture
def write():
    """Sends a message: `write(alice, bob, "Hello")`, `write(bob, alice, "Hi", to=message)`."""

    def write(sender, receiver, content="Hello", to=None, **fields):
        return Message.objects.create(
            sender=sender, receiver=receiver, content=content, parent_message=to, **fields
        )

    return write


@pytest.fixture(scope="session")
def in_a_world_of_its_own(mails_go_first, django_db_setup, django_db_blocker):
    """Does something in an empty database, and leaves that as it was."""

    def in_a_world_of_its_own(do):
        with django_db_blocker.unblock(), transaction.atomic():
            cache.clear()
            done = do()
            transaction.set_rollback(True)
        return done

    return in_a_world_of_its_own


@pytest.fixture(scope="session")
def drawn(in_a_world_of_its_own):
    """The pages of tests/gallery.py, asked for once."""
    return in_a_world_of_its_own(gallery.every_response)


@pytest.fixture(scope="session")
def asked(in_a_world_of_its_own):
    """The fragments of tests/gallery.py, asked for once."""
    return in_a_world_of_its_own(lambda: gallery.every_fragment(gallery.every_response()))


@pytest.fixture(scope="session")
def read(drawn):
    return {name: soup(response) for name, response in drawn.items()}


@pytest.fixture
def every_response(db, drawn):
    """{name: response} of every page of the site."""
    return drawn


@pytest.fixture
def every_fragment(db, asked):
    """{name: tab} of everything that htmx asks for; see `Tab`."""
    return asked


@pytest.fixture
def every_page(db, read):
    """{name: page} of every page of the site."""
    return read
