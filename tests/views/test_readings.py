import pytest
from django.urls import reverse

from messaging.dom import dom_id
from messaging.models import Message
from tests.html import badge_count, pressing, shown_message, soup


@pytest.fixture
def is_read():
    def is_read(*messages):
        return [Message.objects.get(pk=message.pk).read for message in messages]

    return is_read


def test_a_button_marks_one_message_read_and_leads_back(alice, bob, browse, is_read, write):
    one, other = write(bob, alice, "One"), write(bob, alice, "Other")
    client, address = browse(alice), reverse("conversation", args=["bob"])
    page = soup(client.get(address))

    response = client.post(*pressing(shown_message(page, one), "Mark as read"))

    assert response.status_code == 303
    assert response["Location"] == f"{address}#{dom_id(one)}"
    assert is_read(one, other) == [True, False]
    assert badge_count(soup(client.get(address))) == "1"


def test_its_notification_is_read_with_it(alice, bob, submit, write):
    message = write(bob, alice)
    assert alice.notifications.unread().count() == 1

    submit(alice, "messages-read", message=message.pk)

    assert alice.notifications.unread().count() == 0


def test_several_are_marked_at_once(alice, bob, is_read, submit, write):
    messages = [write(bob, alice) for _ in range(3)]

    submit(alice, "messages-read", message=[messages[0].pk, messages[2].pk])

    assert is_read(*messages) == [True, False, True]


def test_mark_all_as_read_ends_with_what_the_page_showed(
    alice, bob, charlie, browse, is_read, write
):
    shown = [write(bob, alice), write(bob, alice)]
    elsewhere = write(charlie, alice)
    client = browse(alice)
    page = soup(client.get(reverse("conversation", args=["bob"])))
    later = write(bob, alice)

    client.post(*pressing(page, "Mark all as read"))

    assert is_read(*shown, later, elsewhere) == [True, True, False, False]


def test_a_whole_conversation_is_marked_whatever_the_capitals(alice, bob, is_read, submit, write):
    messages = [write(bob, alice) for _ in range(3)]

    submit(alice, "messages-read", conversation="BOB")

    assert is_read(*messages) == [True, True, True]


def test_marking_twice_is_the_same_as_once(alice, bob, is_read, submit, write):
    message = write(bob, alice)

    answers = [submit(alice, "messages-read", message=message.pk) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert is_read(message) == [True]


@pytest.mark.parametrize("stranger", ["bob", "charlie"])
def test_only_the_receiver_can_mark_a_message_read(
    stranger, alice, is_read, request, submit, write
):
    message = write(request.getfixturevalue("bob"), alice)

    answer = submit(request.getfixturevalue(stranger), "messages-read", message=message.pk)

    assert answer.status_code == 404
    assert is_read(message) == [False]
    assert submit(alice, "messages-read", message=message.pk).status_code == 303
    assert is_read(message) == [True]


def test_messages_that_are_gone_are_passed_over(alice, bob, is_read, submit, write):
    message = write(bob, alice)

    assert submit(alice, "messages-read", message=[message.pk, 10**9]).status_code == 303
    assert is_read(message) == [True]


@pytest.mark.parametrize(
    "fields",
    [{"message": "abc"}, {"message": str(2**63)}, {"conversation": "a\0b"}, {"newest": "x"}],
)
def test_what_names_no_message_is_refused(fields, alice, submit):
    assert submit(alice, "messages-read", **fields).status_code == 400


def test_nothing_named_is_nothing_found(alice, submit):
    assert submit(alice, "messages-read").status_code == 404


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:x"])
def test_the_way_back_never_leaves_the_site(address, alice, bob, submit, write):
    message = write(bob, alice)

    def back(address):
        return submit(alice, "messages-read", message=message.pk, next=address)["Location"]

    place = f"#{dom_id(message)}"
    assert back("/conversations/bob/") == f"/conversations/bob/{place}"
    assert back(address) == f"/{place}"


# Unread again


def test_a_message_becomes_unread_with_all_that_came_after_it(alice, bob, browse, is_read, write):
    messages = [write(bob, alice, read=True) for _ in range(3)]
    own = write(alice, bob, read=True)
    client, address = browse(alice), reverse("conversation", args=["bob"])
    page = soup(client.get(address))

    response = client.post(*pressing(shown_message(page, messages[1]), "Unread from here"))

    assert response.status_code == 303
    assert response["Location"] == f"{address}#{dom_id(messages[1])}"
    assert is_read(*messages, own) == [True, False, False, True]
    assert badge_count(soup(client.get(address))) == "2"


def test_only_the_receiver_can_make_a_message_unread(alice, bob, charlie, is_read, submit, write):
    message = write(bob, alice, read=True)

    answers = [submit(p, "message-unread", message.pk).status_code for p in (charlie, bob)]

    assert answers == [404, 403]
    assert is_read(message) == [True]
    assert submit(alice, "message-unread", message.pk).status_code == 303
    assert is_read(message) == [False]
