from datetime import UTC, datetime

from django.urls import reverse

from tests.html import (
    badge_count,
    link,
    pressing,
    shown_message,
    soup,
    text,
    times,
    unread_senders,
)


def excerpts(page):
    """What the inbox shows of each unread message."""
    return [text(line) for line in page.select(".unread-list .excerpt")]


def test_unread_messages_stand_there_the_newest_first(alice, bob, charlie, visit, write):
    write(bob, alice, "First")
    write(charlie, alice, "Second")
    write(bob, alice, "Long read", read=True)
    write(alice, bob, "My own")

    page = visit(alice, "inbox")

    assert excerpts(page) == ["Second", "First"]
    assert unread_senders(page) == ["Charlie Okafor", "Bob Tanaka"]
    assert badge_count(page) == "2"
    assert text(page.title).startswith("(2) ")


def test_nobody_else_sees_them(alice, bob, charlie, visit, write):
    write(bob, alice, "For Alice only")

    assert excerpts(visit(alice, "inbox")) == ["For Alice only"]
    assert excerpts(visit(bob, "inbox")) == []
    assert excerpts(visit(charlie, "inbox")) == []


def test_whoever_has_read_everything_is_told_so(alice, visit):
    page = visit(alice, "inbox")

    assert "You have read everything." in text(page.main)
    assert badge_count(page) == ""
    assert page.select("[name=message]") == []  # what hides the button that marks them


def test_a_line_leads_to_its_message(alice, bob, visit, write):
    message = write(bob, alice, "Look")

    page = visit(alice, "inbox")

    assert link(page.main, "Look") == f"/messages/{message.pk}/#message-{message.pk}"
    assert shown_message(visit(alice, message), message)


def test_a_reply_is_said_to_be_one(alice, bob, visit, write):
    question = write(alice, bob)
    write(bob, alice, "Answer", to=question)

    assert "in a thread" in text(visit(alice, "inbox").select_one(".unread-list"))


def test_a_long_message_is_shown_by_its_beginning(alice, bob, visit, write):
    write(bob, alice, "word " * 1_000)

    [excerpt] = excerpts(visit(alice, "inbox"))

    assert excerpt.startswith("word word")
    assert len(excerpt) <= 280


def test_times_are_those_of_the_reader(alice, bob, visit, write):
    alice.time_zone = "America/New_York"
    alice.save()
    write(bob, alice, timestamp=datetime(2024, 1, 1, 3, 0, tzinfo=UTC))

    page = visit(alice, "inbox")

    assert times(page) == ["2023-12-31T22:00:00-05:00"]
    assert text(page.main.time) == "31 Dec 2023, 22:00"


def test_older_unread_messages_are_reached_exactly_once_by_following_links(alice, bob, leaf, write):
    for number in range(65):
        write(bob, alice, f"Number {number}")

    pages = [excerpts(page) for page in leaf(alice, "Show older unread messages", "inbox")]

    assert [len(page) for page in pages] == [30, 30, 5]
    assert pages[0] + pages[1] + pages[2] == [f"Number {n}" for n in reversed(range(65))]


def test_mark_these_as_read_marks_those_shown_and_no_other(alice, bob, browse, write):
    write(bob, alice, "Shown")
    write(bob, alice, "Shown too")
    client = browse(alice)
    page = soup(client.get(reverse("inbox")))
    write(bob, alice, "Came meanwhile")

    response = client.post(*pressing(page, "Mark these as read"))

    assert response.status_code == 303
    assert excerpts(soup(client.get(response["Location"]))) == ["Came meanwhile"]
