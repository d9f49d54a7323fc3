from datetime import UTC, datetime

from django.urls import reverse

from tests.html import (
    button,
    link,
    listed_notifications,
    pressing,
    shown_message,
    soup,
    text,
    times,
)


def test_who_wrote_stands_there_the_newest_first(alice, bob, charlie, visit, write):
    question = write(bob, alice)
    write(charlie, alice)
    write(bob, alice, to=question)

    assert listed_notifications(visit(alice, "notifications")) == [
        "Bob Tanaka replied to a message",
        "Charlie Okafor sent you a message",
        "Bob Tanaka sent you a message",
    ]


def test_nobody_else_is_told(alice, bob, charlie, visit, write):
    write(bob, alice)

    assert listed_notifications(visit(alice, "notifications")) != []
    assert listed_notifications(visit(bob, "notifications")) == []
    assert listed_notifications(visit(charlie, "notifications")) == []


def test_the_text_is_not_shown(alice, bob, visit, write):
    write(bob, alice, "A secret")

    page = visit(alice, "notifications").main

    assert listed_notifications(page) == ["Bob Tanaka sent you a message"]
    assert "A secret" not in text(page)


def test_a_line_leads_to_its_message(alice, bob, visit, write):
    message = write(bob, alice)

    place = link(visit(alice, "notifications").main, "Bob Tanaka")

    assert place == f"/messages/{message.pk}/#message-{message.pk}"
    assert shown_message(visit(alice, place), message)


def test_times_are_those_of_the_reader(alice, bob, visit, write):
    alice.time_zone = "Australia/Sydney"
    alice.save()
    write(bob, alice)
    alice.notifications.update(timestamp=datetime(2024, 1, 1, 14, 0, tzinfo=UTC))

    page = visit(alice, "notifications")

    assert times(page) == ["2024-01-02T01:00:00+11:00"]
    assert text(page.main.time) == "2 Jan 2024, 01:00"


def test_an_edit_is_no_news(alice, bob, visit, write):
    message = write(bob, alice, "Helo")
    message.edit("Hello", version=message.version)

    assert len(listed_notifications(visit(alice, "notifications"))) == 1


def test_one_button_marks_them_all_read(alice, bob, browse, write):
    write(bob, alice)
    write(bob, alice)
    client = browse(alice)
    page = soup(client.get(reverse("notifications")))
    assert len(page.select(".notifications .unread")) == 2

    response = client.post(*pressing(page, "Mark all as read"))

    assert response.status_code == 303
    page = soup(client.get(response["Location"]))
    assert len(listed_notifications(page)) == 2
    assert page.select(".notifications .unread") == []
    assert button(page, "Mark all as read") is None


def test_it_marks_nobody_elses(alice, bob, submit, write):
    write(bob, alice)
    write(alice, bob)

    submit(alice, "notifications")

    assert alice.notifications.unread().count() == 0
    assert bob.notifications.unread().count() == 1


def test_the_messages_themselves_stay_unread(alice, bob, submit, write):
    write(bob, alice)

    submit(alice, "notifications")

    assert alice.received_messages.filter(read=False).count() == 1


def test_older_notifications_are_reached_exactly_once_by_following_links(alice, crowd, leaf, write):
    for person in crowd(65):
        write(person, alice)

    pages = [
        listed_notifications(page)
        for page in leaf(alice, "Show older notifications", "notifications")
    ]

    assert [len(page) for page in pages] == [30, 30, 5]
    assert pages[0] + pages[1] + pages[2] == [
        f"person-{n} sent you a message" for n in reversed(range(65))
    ]


def test_whoever_was_never_written_to_is_told_what_will_be_here(alice, visit):
    assert "Here you will see who wrote to you." in text(visit(alice, "notifications").main)
