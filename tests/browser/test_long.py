"""Long conversations and threads: where they open, and that all can be read."""

import pytest
from playwright.sync_api import expect

from tests.browser.ways import both_ways

SCREENS = [{"width": 390, "height": 844}, {"width": 1280, "height": 800}]


def numbers(first, last):
    return [f"No. {number}." for number in range(first, last + 1)]


@pytest.fixture
def long_conversation(alice, bob):
    """Forty messages that Alice wrote to Bob."""
    alice.writes_to(bob, "No. 1.")
    alice.posts_all(numbers(2, 40))


@pytest.fixture
def wide_thread(alice, bob):
    """The keys of a message by Alice and of her thirty replies to it."""
    top = alice.writes_to(bob, "Count with me.")
    return [top, *alice.posts_all(numbers(1, 30), to=top)]


@pytest.fixture
def deep_thread(alice, bob):
    """The key of a message by Alice; she answered it, and the answer, thirty levels deep."""
    top = key = alice.writes_to(bob, "Count with me.")
    for text in numbers(1, 30):
        [key] = alice.posts_all([text], to=key)
    return top


@both_ways
def test_a_conversation_opens_at_its_newest_message(long_conversation, alice, bob):
    for screen in SCREENS:
        bob.page.set_viewport_size(screen)
        bob.visits("conversation", alice.username)
        bob.sees_in_view("No. 40.")
        expect(bob.composer).to_be_in_viewport()
        expect(bob.message("No. 11.")).not_to_be_in_viewport()
        bob.sends(f"Seen at {screen['width']} pixels.")
        bob.sees_in_view(f"Seen at {screen['width']} pixels.")
        expect(bob.composer).to_be_in_viewport()


@both_ways
def test_earlier_messages_are_one_link_away(long_conversation, alice, bob):
    bob.visits("conversation", alice.username)
    bob.sees_messages(*numbers(11, 40))
    bob.follows("Show earlier messages")
    bob.sees_messages(*numbers(1, 10))


@both_ways
def test_a_permalink_opens_at_its_message(wide_thread, bob):
    for screen in SCREENS:
        bob.page.set_viewport_size(screen)
        for number in (1, 10, 20, 30):
            bob.opens_message(wide_thread[number])
            bob.sees_in_view(f"No. {number}.")


# With script more replies join those that are there: test_live.py.


def test_a_wide_thread_can_be_read_to_its_end(wide_thread, bob):
    bob.opens_message(wide_thread[0])
    bob.sees_messages("Count with me.", *numbers(1, 20))
    bob.follows("Show more replies")
    bob.sees_messages("Count with me.", *numbers(21, 30))
    bob.follows("Show the first replies")
    bob.sees_messages("Count with me.", *numbers(1, 20))


def test_a_deep_thread_can_be_read_to_its_end(deep_thread, bob):
    bob.opens_message(deep_thread)
    bob.sees_messages("Count with me.", *numbers(1, 20))
    bob.opens_thread("1 reply")
    bob.sees_messages(*numbers(20, 30))
    bob.follows("Show what this answers")
    bob.sees_in_view("No. 20.")
