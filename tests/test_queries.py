"""What a page costs does not grow with what it is about."""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from messaging.models import Message, MessageHistory, User
from tests.htmx import HTMX

NOT_QUERIES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


@pytest.fixture
def cost(alice, browse):
    """The number of queries behind an answer to alice, with nothing stored."""
    client = browse(alice)

    def cost(ask, *args, **kwargs):
        cache.clear()
        with CaptureQueriesContext(connection) as queries:
            response = getattr(client, ask)(*args, **kwargs)
        assert response.status_code in (200, 204, 303)
        return len([q for q in queries if not q["sql"].startswith(NOT_QUERIES)])

    return cost


@pytest.fixture
def question(alice, bob, write):
    return write(alice, bob, "Who is coming?")


@pytest.fixture
def mine(alice, bob, write):
    return write(alice, bob, "Helo")


@pytest.fixture
def grow(alice, bob, question, mine):
    """As many more of everything: people, messages, replies, and each answered and edited."""

    def grow(number):
        names = [f"{number}-{n}" for n in range(number)]
        people = User.objects.bulk_create(User(username=name) for name in names)
        Message.objects.bulk_create(Message(sender=p, receiver=alice, content="Hi") for p in people)
        for parent in (None, question):
            messages = [
                Message(sender=bob, receiver=alice, content="Hello", parent_message=parent)
                for _ in range(number)
            ]
            Message.objects.bulk_create(messages)
            Message.objects.bulk_create(
                Message(sender=alice, receiver=bob, content="Hi", parent_message=message)
                for message in messages
            )
            MessageHistory.objects.bulk_create(
                MessageHistory(message=message, old_content="Helo", edited_by=bob)
                for message in [*messages, *[mine] * number]
            )

    return grow


PAGES = [
    "inbox",
    "conversations",
    "compose",
    "conversation",
    "conversation-fragment",
    "conversation-changes",
    "message",
    "message-replies",
    "message-edit",
    "message-history",
    "unread-badge",
    "notifications",
    "profile",
    "delete_user",
    "password_change",
]


@pytest.fixture
def address(question, mine):
    """The address of a page: `address("conversation")` is that with bob."""
    about = {
        "conversation": "bob",
        "conversation-fragment": "bob",
        "conversation-changes": "bob",
        "message": question.pk,
        "message-replies": question.pk,
        "message-edit": mine.pk,
        "message-history": mine.pk,
    }
    return lambda name: reverse(name, args=[about[name]] if name in about else [])


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_for_ten_and_for_sixty(name, address, cost, grow):
    grow(10)
    ten = cost("get", address(name))
    grow(50)
    sixty = cost("get", address(name))

    assert ten == sixty


FORM = {"receiver": "bob", "content": "Hello", "key": "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"}


@pytest.mark.parametrize("name", ["conversation", "message-replies", "compose"])
def test_sending_costs_the_same_for_ten_and_for_sixty(name, address, cost, grow):
    grow(10)
    ten = cost("post", address(name), FORM)
    grow(50)
    sixty = cost("post", address(name), FORM | {"content": "Hello again"})

    assert ten == sixty <= 11


@pytest.fixture
def known(alice):
    """What a page of alice and bob that was drawn now sends along."""

    def known():
        place = alice.participations.select_related("conversation").get(peer__username="bob")
        return {"since": place.conversation.version, "newest": place.latest_message_id}

    return known


@pytest.mark.parametrize(
    ("name", "most"), [("conversation", 14), ("message-replies", 18), ("messages-read", 14)]
)
def test_writing_in_the_page_costs_the_same_for_ten_and_for_sixty(
    name, most, address, cost, grow, known
):
    def write(content):
        form = FORM | known() | {"content": content, "conversation": "bob"}
        return cost("post", address(name), form, headers=HTMX)

    grow(10)
    ten = write("Hello")
    grow(50)
    sixty = write("Hello again")

    assert ten == sixty <= most


def test_marking_a_conversation_read_costs_the_same_for_ten_and_for_sixty(cost, grow):
    grow(10)
    ten = cost("post", reverse("messages-read"), {"conversation": "bob"})
    grow(60)
    sixty = cost("post", reverse("messages-read"), {"conversation": "bob"})

    assert ten == sixty <= 10


@pytest.mark.parametrize(
    ("name", "most"),
    [("inbox", 5), ("conversation", 9), ("conversation-fragment", 6), ("unread-badge", 2)],
)
def test_what_is_asked_for_most_costs_little(name, most, address, cost, grow):
    grow(60)

    assert cost("get", address(name)) <= most


def test_a_thread_unfolds_at_little_cost(address, cost, grow):
    grow(60)

    assert cost("get", address("message-replies"), headers=HTMX) <= 6


def test_a_stored_conversation_costs_less(alice, address, browse, grow):
    grow(60)
    client = browse(alice)
    client.get(address("conversation"))

    with CaptureQueriesContext(connection) as queries:
        client.get(address("conversation"))

    assert len(queries) == 4  # session, person, conversation, and the versions beside it


def test_a_poll_where_nothing_changed_costs_the_least(address, cost, grow, known):
    grow(60)

    assert cost("get", address("conversation-changes"), known(), headers=HTMX) <= 3
    assert cost("get", address("unread-badge"), {"seen": "99+"}, headers=HTMX) <= 2
