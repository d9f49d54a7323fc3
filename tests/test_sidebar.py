"""The list of conversations is stored, and never older than the last write, nor somebody else's."""

import pytest
from django.core.cache import cache

from messaging.models import Message
from tests.html import badge_count, listed_conversations, text

PAGES = {
    "notifications": lambda message: ["notifications"],
    "inbox": lambda message: ["inbox"],
    "conversation": lambda message: ["conversation", "bob"],
    "message": lambda message: ["message", message.pk],
    "history": lambda message: ["message-history", message.pk],
}


@pytest.fixture(params=PAGES)
def line(request, alice, bob, write, visit):
    """What the list beside a page of alice says of bob; drawn and stored at least once."""
    message = write(bob, alice, "Helo")
    message.edit("Hello", version=message.version)
    page = PAGES[request.param](message)

    def line():
        place = visit(alice, *page).select_one(".sidebar .conversations li")
        return text(place) if place else None

    assert "Bob Tanaka" in line()
    return line


def test_it_is_stored(line, monkeypatch):
    def draw(*args):
        raise AssertionError("it was drawn again")

    monkeypatch.setattr("messaging.sidebar.present_places", draw)
    assert "Hello" in line()
    cache.clear()
    with pytest.raises(AssertionError):
        line()


def rename(alice, bob, write):
    bob.display_name = "Robert"
    bob.save()


def edit(alice, bob, write):
    message = Message.objects.get()
    message.edit("Hi there", version=message.version)


CHANGES = {
    "a new message": (lambda alice, bob, write: write(bob, alice, "More"), "More"),
    "an answer": (lambda alice, bob, write: write(alice, bob, "Mine"), "You:"),
    "an edit": (edit, "Hi there"),
    "another name": (rename, "Robert"),
}


@pytest.mark.parametrize(("change", "seen"), CHANGES.values(), ids=CHANGES)
def test_it_is_never_older_than_the_last_write(change, seen, line, alice, bob, write):
    assert seen not in line()
    change(alice, bob, write)
    assert seen in line()


def test_what_was_read_is_not_unread_in_it(line, alice):
    assert "1 unread" in line()
    Message.objects.received_by(alice).mark_read()
    assert "unread" not in line()
    Message.objects.received_by(alice).mark_unread()
    assert "1 unread" in line()


def test_whoever_left_is_not_in_it(alice, bob, charlie, write, visit):
    write(bob, alice)
    write(charlie, alice)
    assert listed_conversations(visit(alice, "notifications")) == ["Charlie Okafor", "Bob Tanaka"]
    bob.delete()
    assert listed_conversations(visit(alice, "notifications")) == ["Charlie Okafor"]


def test_its_times_are_those_of_the_reader(line, alice):
    before = line()
    alice.time_zone = "Pacific/Marquesas"
    alice.save()
    assert line() != before


def test_everybody_has_their_own(line, alice, bob, charlie, write, visit):
    write(charlie, bob, "Secret")
    assert "Secret" in text(visit(bob, "notifications").select_one(".conversations"))
    assert listed_conversations(visit(alice, "notifications")) == ["Bob Tanaka"]
    assert "Secret" not in line()


def test_the_count_on_top_is_never_older_either(alice, bob, write, visit):
    write(bob, alice)
    assert badge_count(visit(alice, "notifications")) == "1"
    write(bob, alice)
    assert badge_count(visit(alice, "notifications")) == "2"
