from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.urls import reverse

from messaging.forms import MessageForm
from tests.html import (
    actions_of,
    alert,
    below_new_lines,
    button,
    errors,
    fields,
    heading,
    link,
    shown_messages,
    soup,
    summary_of,
    text,
    typed,
)


def test_both_see_what_they_wrote_and_a_third_person_does_not(alice, bob, charlie, visit, write):
    write(alice, bob, "Hello Bob")
    write(bob, alice, "Hello Alice")
    write(bob, charlie, "Hello Charlie")

    assert shown_messages(visit(alice, "conversation", "bob")) == ["Hello Bob", "Hello Alice"]
    assert shown_messages(visit(bob, "conversation", "alice")) == ["Hello Bob", "Hello Alice"]
    assert shown_messages(visit(charlie, "conversation", "bob")) == ["Hello Charlie"]


def test_somebody_without_a_conversation_gets_404(alice, bob, charlie, browse, write):
    write(alice, bob)
    address = reverse("conversation", args=["bob"])

    assert browse(alice).get(address).status_code == 200
    assert browse(charlie).get(address).status_code == 404
    assert browse().get(address).status_code == 302


def test_the_address_may_be_written_in_other_capitals(alice, bob, visit, write):
    write(alice, bob)

    assert heading(visit(alice, "conversation", "BOB")) == "Bob Tanaka"


def test_a_name_that_nobody_can_have_leads_nowhere(alice, browse):
    assert browse(alice).get("/conversations/bo%00b/").status_code == 404


# What stands where


def test_earlier_messages_are_reached_exactly_once_by_following_links(alice, bob, leaf, write):
    for number in range(65):
        write(alice, bob, f"Number {number}")

    pages = [shown_messages(p) for p in leaf(bob, "Show earlier messages", "conversation", "alice")]

    assert [len(page) for page in pages] == [30, 30, 5]
    assert pages[2] + pages[1] + pages[0] == [f"Number {number}" for number in range(65)]


def test_a_message_that_comes_meanwhile_shifts_no_page(alice, bob, visit, write):
    for number in range(31):
        write(alice, bob, f"Number {number}")
    earlier = link(visit(bob, "conversation", "alice"), "Show earlier messages")

    write(alice, bob, "Number 31")

    assert shown_messages(visit(bob, earlier)) == ["Number 0"]


@pytest.mark.parametrize("before", ["0", "-1", "abc", str(2**63), "1\0"])
def test_a_page_that_cannot_be_is_refused_in_words(before, alice, bob, browse, write):
    write(alice, bob)

    response = browse(alice).get("/conversations/bob/", {"before": before})

    assert response.status_code == 400
    assert "This address asks for a page that cannot be." in text(soup(response))


def test_the_first_unread_message_stands_below_a_line_that_says_new(alice, bob, visit, write):
    write(alice, bob, "Read", read=True)
    write(bob, alice, "From Bob")
    write(alice, bob, "First unread")
    write(alice, bob, "Second unread")

    assert below_new_lines(visit(bob, "conversation", "alice")) == ["First unread"]
    assert below_new_lines(visit(alice, "conversation", "bob")) == ["From Bob"]


def test_whoever_has_read_everything_sees_neither_the_line_nor_the_button(alice, bob, visit, write):
    write(alice, bob)
    before = visit(bob, "conversation", "alice")
    bob.received_messages.mark_read()
    after = visit(bob, "conversation", "alice")

    assert below_new_lines(before) == ["Hello"]
    assert below_new_lines(after) == []
    assert button(before, "Mark all as read")
    assert not button(after, "Mark all as read")


def test_replies_are_counted_below_their_message_and_not_listed(alice, bob, visit, write):
    question = write(alice, bob, "Lunch?")
    write(bob, alice, "Yes", to=question, read=True)
    write(bob, alice, "At one?", to=question)

    page = visit(alice, "conversation", "bob")

    assert shown_messages(page) == ["Lunch?"]
    assert summary_of(page, question) == "2 replies · 1 new"
    assert link(page, "Open this thread") == f"/messages/{question.pk}/replies/"


def test_what_can_be_done_depends_on_who_wrote_it(alice, bob, visit, write):
    mine, theirs = write(alice, bob), write(bob, alice)
    read = write(bob, alice, read=True)

    page = visit(alice, "conversation", "bob")

    assert actions_of(page, mine) == ["Reply", "Edit"]
    assert actions_of(page, theirs) == ["Reply", "Mark as read"]
    assert actions_of(page, read) == ["Reply", "Unread from here"]


def test_days_and_times_are_those_of_the_reader(alice, bob, visit, write):
    alice.time_zone = "Asia/Tokyo"
    alice.save()
    write(alice, bob, timestamp=datetime(2024, 3, 9, 20, 30, tzinfo=UTC))

    here, there = visit(alice, "conversation", "bob"), visit(bob, "conversation", "alice")

    assert text(here.find(id="conversation").h2) == "Sunday, 10 March 2024"
    assert text(there.find(id="conversation").h2) == "Saturday, 9 March 2024"
    assert here.article.time["datetime"] == "2024-03-10T05:30:00+09:00"
    assert text(here.article.time) == "10 Mar 2024, 05:30"  # its day is hidden below a heading


# Sending


def test_sending_leads_to_the_message(alice, bob, submit, write):
    write(alice, bob, "First")

    response = submit(alice, "conversation", "bob", content="Second")

    message = alice.sent_messages.latest("pk")
    assert response.status_code == 303
    assert response["Location"] == f"/conversations/bob/#message-{message.pk}"
    assert (message.content, message.receiver) == ("Second", bob)


def test_the_same_form_sent_five_times_makes_one_message(alice, bob, browse, write):
    write(bob, alice)
    client, address = browse(alice), reverse("conversation", args=["bob"])
    form = fields(soup(client.get(address))) | {"content": "Once"}

    places = {client.post(address, form)["Location"] for _ in range(5)}

    message = alice.sent_messages.get()
    assert places == {f"/conversations/bob/#message-{message.pk}"}


def test_another_text_in_the_same_form_is_another_message(alice, bob, browse, write):
    write(bob, alice)
    client, address = browse(alice), reverse("conversation", args=["bob"])
    form = fields(soup(client.get(address)))

    client.post(address, form | {"content": "Yes"})
    client.post(address, form | {"content": "No, wait"})

    assert shown_messages(soup(client.get(address))) == ["Hello", "Yes", "No, wait"]


def test_the_same_text_from_two_pages_is_two_messages(alice, bob, submit, write):
    write(bob, alice)

    for _ in range(2):
        submit(alice, "conversation", "bob", content="Hi", key=str(uuid4()))

    assert alice.sent_messages.count() == 2


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "Write something first."),
        (" \u200b ", "Write something first."),
        ("x" * 10_002, "The message is 2 characters too long. Shorten it or send it in parts."),
        ("a\0b", "The message holds characters that are not text. Remove them and send it again."),
    ],
)
def test_a_refused_text_comes_back_with_the_reason(content, reason, alice, bob, submit, write):
    write(bob, alice, "First")

    response = submit(alice, "conversation", "bob", content=content)

    assert response.status_code == 422
    assert errors(soup(response)) == [reason]
    assert typed(soup(response)) == content
    assert shown_messages(soup(response)) == ["First"]
    assert not alice.sent_messages.exists()


def test_the_text_survives_the_other_person_leaving_at_that_moment(
    alice, bob, submit, write, monkeypatch
):
    write(bob, alice)
    send = MessageForm.send
    monkeypatch.setattr(MessageForm, "send", lambda *a, **k: (bob.delete(), send(*a, **k))[1])

    response = submit(alice, "conversation", "bob", content="Are you there?")

    assert response.status_code == 422
    assert alert(soup(response)).startswith("This person is no longer here")
    assert typed(soup(response)) == "Are you there?"
