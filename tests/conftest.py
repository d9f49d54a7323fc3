"""The cast: alice and bob talk, charlie is outside."""

import pytest
from django.core.cache import cache
from django.test import Client

from messaging.models import Message, User

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


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
def write():
    """Sends a message: `write(alice, bob, "Hello")`, `write(bob, alice, "Hi", to=message)`."""

    def write(sender, receiver, content="Hello", to=None, **fields):
        return Message.objects.create(
            sender=sender, receiver=receiver, content=content, parent_message=to, **fields
        )

    return write
