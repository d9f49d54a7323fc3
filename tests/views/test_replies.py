from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from messaging.forms import MessageForm
from tests.html import (
    alert,
    badge_count,
    depth_of,
    errors,
    fields,
    link,
    shown_messages,
    soup,
    summary_of,
    text,
    typed,
)


def test_a_reply_leads_to_itself_in_its_thread(alice, bob, browse, write):
    question = write(alice, bob, "Lunch?")
    client = browse(bob)

    response = client.post(reverse("message-replies", args=[question.pk]), {"content": "Yes"})

    reply = question.replies.get()
    assert response.status_code == 303
    assert response["Location"] == f"/messages/{reply.pk}/#message-{reply.pk}"
    assert (reply.sender, reply.receiver) == (bob, alice)
    assert shown_messages(soup(client.get(response["Location"]))) == ["Lunch?", "Yes"]


def test_replies_go_three_deep(alice, bob, submit, visit, write):
    message = question = write(alice, bob, "Lunch?")
    for person, content in [(bob, "Yes"), (alice, "At one?"), (bob, "Fine")]:
        submit(person, "message-replies", message.pk, content=content)
        message = message.replies.get()

    page = visit(alice, question)

    assert shown_messages(page) == ["Lunch?", "Yes", "At one?", "Fine"]
    assert depth_of(page, message) == 3


def test_one_may_reply_to_oneself(alice, bob, submit, write):
    message = write(alice, bob)

    submit(alice, "message-replies", message.pk, content="And another thing")

    assert message.replies.get().receiver == bob


def test_a_third_person_can_neither_read_the_replies_nor_reply(
    alice, bob, charlie, browse, submit, write
):
    message = write(alice, bob)
    address = reverse("message-replies", args=[message.pk])

    assert browse(bob).get(address).status_code == 200
    assert browse(charlie).get(address).status_code == 404
    assert submit(charlie, address, content="Me too").status_code == 404
    assert not message.replies.exists()


def test_the_page_shows_what_is_answered_and_the_replies_to_it(alice, bob, visit, write):
    question = write(alice, bob, "Lunch?")
    yes = write(bob, alice, "Yes", to=question)
    write(alice, bob, "At one?", to=yes)
    write(bob, alice, "No, sorry", to=question)

    page = visit(alice, "message-replies", question.pk)
    assert shown_messages(page) == ["Lunch?", "Yes", "At one?", "No, sorry"]
    assert page.find(id=f"reply-{question.pk}").textarea["placeholder"] == "Reply to Bob Tanaka"

    page = visit(alice, "message-replies", yes.pk)
    assert shown_messages(page) == ["Yes", "At one?"]
    assert link(page, "Show what this answers") == f"/messages/{yes.pk}/#message-{yes.pk}"


def test_a_reply_says_its_day_only_where_it_is_another_one(alice, bob, visit, write):
    evening = datetime(2024, 3, 9, 23, 30, tzinfo=UTC)
    question = write(alice, bob, timestamp=evening)
    for minutes in (20, 40):
        write(bob, alice, to=question, timestamp=evening + timedelta(minutes=minutes))

    times = [text(time) for time in visit(alice, question).select("article time")]

    assert times == ["9 Mar 2024, 23:30", "23:50", "10 Mar 2024, 00:10"]


def test_very_many_replies_are_reached_exactly_once_by_following_links(alice, bob, leaf, write):
    question = write(alice, bob, "Who is coming?")
    for number in range(50):
        write(bob, alice, f"Guest {number}", to=question)

    pages = [
        shown_messages(page)[1:]
        for page in leaf(alice, "Show more replies", "message-replies", question.pk)
    ]

    assert [len(page) for page in pages] == [20, 20, 10]
    assert pages[0] + pages[1] + pages[2] == [f"Guest {number}" for number in range(50)]


def test_every_message_of_a_deep_thread_is_reached_by_following_links(alice, bob, leaf, write):
    chain = [write(alice, bob, "0")]
    for number in range(1, 50):
        chain.append(write(alice, bob, str(number), to=chain[-1]))

    pages = [shown_messages(page) for page in leaf(bob, "Open this thread", chain[0])]

    assert [len(page) for page in pages] == [21, 21, 10]
    assert {shown for page in pages for shown in page} == {str(number) for number in range(50)}


def test_the_later_pages_lead_back_to_the_first_replies(alice, bob, visit, write):
    question = write(alice, bob)
    replies = [write(bob, alice, to=question) for _ in range(3)]

    first = visit(alice, "message-replies", question.pk)
    later = visit(alice, "message-replies", question.pk, after=replies[0].pk)

    assert link(first, "Show the first replies") is None
    assert link(later, "Show the first replies") == f"/messages/{question.pk}/replies/"
    assert len(shown_messages(later)) == 3


@pytest.mark.parametrize("after", ["0", "abc", str(2**63)])
def test_a_page_that_cannot_be_is_refused(after, alice, bob, browse, write):
    address = reverse("message-replies", args=[write(alice, bob).pk])

    assert browse(alice).get(address, {"after": "1"}).status_code == 200
    assert browse(alice).get(address, {"after": after}).status_code == 400


def test_the_same_form_sent_five_times_makes_one_reply(alice, bob, browse, write):
    question = write(alice, bob)
    client, address = browse(bob), reverse("message-replies", args=[question.pk])
    form = fields(soup(client.get(address)), action=address) | {"content": "Yes"}

    places = {client.post(address, form)["Location"] for _ in range(5)}

    reply = question.replies.get()
    assert places == {f"/messages/{reply.pk}/#message-{reply.pk}"}


def test_the_same_form_below_another_message_is_another_reply(alice, bob, browse, write):
    questions = write(alice, bob), write(alice, bob)
    addresses = [reverse("message-replies", args=[question.pk]) for question in questions]
    client = browse(bob)
    form = fields(soup(client.get(addresses[0])), action=addresses[0]) | {"content": "Yes"}

    for address in addresses:
        client.post(address, form)

    assert [question.replies.count() for question in questions] == [1, 1]


def test_a_refused_reply_comes_back_with_its_text(alice, bob, submit, write):
    question = write(alice, bob, "Lunch?")

    response = submit(bob, "message-replies", question.pk, content="x" * 10_001)

    assert response.status_code == 422
    assert errors(soup(response)) == [
        "The message is 1 character too long. Shorten it or send it in parts."
    ]
    assert typed(soup(response)) == "x" * 10_001
    assert shown_messages(soup(response)) == ["Lunch?"]


def test_the_text_survives_the_message_going_at_that_moment(alice, bob, submit, write, monkeypatch):
    question = write(alice, bob)
    send = MessageForm.send
    monkeypatch.setattr(MessageForm, "send", lambda *a, **k: (question.delete(), send(*a, **k))[1])

    response = submit(bob, "message-replies", question.pk, content="Yes")

    assert response.status_code == 422
    reason = "The message that you reply to is no longer in this conversation."
    assert alert(soup(response)) == reason
    assert typed(soup(response)) == "Yes"


def test_htmx_gets_the_replies_alone(alice, bob, browse, write):
    question = write(alice, bob, "Lunch?")
    write(bob, alice, "Yes", to=question)
    address = reverse("message-replies", args=[question.pk])

    response = browse(alice).get(address, headers={"HX-Request": "true"})

    [root] = soup(response).find_all(recursive=False)
    assert root["id"] == f"thread-{question.pk}"
    assert shown_messages(root) == ["Yes"]
    assert "HX-Request" in response["Vary"]


def test_a_thread_counts_as_new_what_its_reader_has_not_read(alice, bob, visit, write):
    question = write(alice, bob, "Why?")
    write(bob, alice, "Because.", to=question)

    assert summary_of(visit(alice, "conversation", "bob"), question) == "1 reply · 1 new"
    assert summary_of(visit(bob, "conversation", "alice"), question) == "1 reply"


def test_unread_replies_are_counted_however_deep_they_stand(alice, bob, visit, write):
    question = write(alice, bob, "Why?")
    answer = write(bob, alice, "Because.", to=question, read=True)
    write(bob, alice, "And also because.", to=answer)

    assert summary_of(visit(alice, "conversation", "bob"), question) == "1 reply · 1 new"


def test_who_answers_a_message_has_read_it(alice, bob, submit, visit, write):
    question, other = write(bob, alice, "Why?"), write(bob, alice, "Why not?")
    assert badge_count(visit(alice, "inbox")) == "2"

    submit(alice, "message-replies", question.pk, content="Because.")

    assert badge_count(visit(alice, "inbox")) == "1"
    other.refresh_from_db()
    assert not other.read
