from datetime import UTC, datetime

import pytest
from django.urls import reverse

from tests.html import (
    actions_of,
    depth_of,
    link,
    shown_message,
    shown_messages,
    soup,
    summary_of,
    text,
)


def current(page):
    """The texts of the messages that the page says it is about."""
    return [text(article.select_one(".content")) for article in page.select("[aria-current=true]")]


def test_a_message_stands_in_its_whole_thread(alice, bob, visit, write):
    question = write(alice, bob, "Lunch?")
    yes = write(bob, alice, "Yes", to=question)
    write(alice, bob, "At one?", to=yes)
    write(bob, alice, "Or dinner", to=question)
    write(alice, bob, "Something else")

    page = visit(alice, yes)

    assert shown_messages(page) == ["Lunch?", "Yes", "At one?", "Or dinner"]
    assert current(page) == ["Yes"]
    assert depth_of(page, yes) == 1
    assert summary_of(page, question) == "2 replies · 2 new"


def test_a_third_person_does_not_find_it(alice, bob, charlie, browse, write):
    message = write(alice, bob)

    assert browse(alice).get(message.get_absolute_url()).status_code == 200
    assert browse(bob).get(message.get_absolute_url()).status_code == 200
    assert browse(charlie).get(message.get_absolute_url()).status_code == 404


def test_a_message_deep_in_a_thread_is_shown_below_what_it_answers(alice, bob, visit, write):
    chain = [write(alice, bob, "0")]
    for number in range(1, 60):
        chain.append(write(alice, bob, str(number), to=chain[-1]))

    page = visit(bob, chain[40])

    assert shown_messages(page) == [str(number) for number in range(20, 60)]
    assert current(page) == ["40"]
    assert link(page, "Show what came before") == chain[20].get_absolute_url()


def test_the_last_of_very_many_replies_is_shown_below_what_it_answers(alice, bob, visit, write):
    question = write(alice, bob, "Who is coming?")
    replies = [write(bob, alice, f"Guest {number}", to=question) for number in range(50)]
    answer = write(alice, bob, "Welcome", to=replies[-1])

    page = visit(alice, replies[-1])

    assert shown_messages(page) == ["Who is coming?", "Guest 49", "Welcome"]
    assert current(page) == ["Guest 49"]
    assert depth_of(page, answer) == 1


@pytest.mark.parametrize("number", [0, 19, 20, 49])
def test_a_permalink_shows_its_message_wherever_it_stands(number, alice, bob, visit, write):
    question = write(alice, bob, "Who is coming?")
    replies = [write(bob, alice, f"Guest {number}", to=question) for number in range(50)]

    page = visit(alice, replies[number])

    message = shown_message(page, replies[number])
    assert text(message.select_one(".content")) == f"Guest {number}"
    assert all("open" in details.attrs for details in message.find_parents("details"))


def test_the_way_back_leads_to_the_conversation(alice, bob, visit, write):
    message = write(alice, bob)

    assert link(visit(alice, message).main, "Conversation with Bob") == "/conversations/bob/"
    assert link(visit(bob, message).main, "Conversation with Alice") == "/conversations/alice/"


def test_htmx_gets_the_message_alone(alice, bob, browse, write):
    message = write(alice, bob, "Alone")
    write(bob, alice, "Its reply", to=message)

    response = browse(alice).get(message.get_absolute_url(), headers={"HX-Request": "true"})

    [root] = soup(response).find_all(recursive=False)
    assert root == shown_message(soup(response), message)
    assert shown_messages(soup(response)) == ["Alone"]
    assert "HX-Request" in response["Vary"]


# What a message looks like


def test_whoever_wrote_it_is_you_to_oneself(alice, bob, visit, write):
    message = write(alice, bob)

    author = "article.message .author"
    assert text(visit(alice, message).select_one(author)) == "You"
    assert text(visit(bob, message).select_one(author)) == "Alice Moreau"


def test_its_time_is_that_of_the_reader(alice, bob, visit, write):
    bob.time_zone = "Asia/Kathmandu"
    bob.save()
    message = write(alice, bob, timestamp=datetime(2024, 3, 9, 20, 30, tzinfo=UTC))

    time = visit(bob, message).article.time

    assert time["datetime"] == "2024-03-10T02:15:00+05:45"
    assert text(time) == "10 Mar 2024, 02:15"


def test_an_edited_message_says_so_and_leads_to_its_history(alice, bob, visit, write):
    message = write(alice, bob, "Helo")
    assert link(visit(bob, message).article, "edited") is None

    message.edit("Hello", version=message.version)

    assert link(visit(bob, message).article, "edited") == reverse(
        "message-history", args=[message.pk]
    )


def test_only_the_reader_sees_that_it_is_new(alice, bob, visit, write):
    message = write(alice, bob)

    assert "new" in text(visit(bob, message).article.header).split()
    assert "new" not in text(visit(alice, message).article.header).split()
    assert actions_of(visit(bob, message), message) == ["Reply", "Mark as read"]


def test_text_is_never_markup(alice, bob, visit, write):
    hostile = '<b>Hi</b> <script>alert(1)</script> & "you" {{ 7 }} <a href="javascript:x()">'
    message = write(alice, bob, hostile)

    content = visit(bob, message).select_one(".content")

    assert content.get_text() == hostile
    assert content.find() is None


def test_web_addresses_are_links_and_nothing_else_is(alice, bob, visit, write):
    message = write(
        alice, bob, "https://example.org/?a=1&b=2 javascript://x ftp://y.org me@example.org"
    )

    [found] = visit(bob, message).select(".content a")

    assert found["href"] == "https://example.org/?a=1&b=2"
    assert found["rel"] == ["nofollow", "noopener"]


def test_lines_spaces_and_directions_are_kept(alice, bob, visit, write):
    message = write(alice, bob, "שלום\n\n  עולם")

    content = visit(bob, message).select_one(".content")

    assert content.get_text() == "שלום\n\n  עולם"
    assert content["dir"] == "auto"


def test_a_very_long_message_is_folded_and_loses_nothing(alice, bob, visit, write):
    long = " ".join(f"word{number}" for number in range(1_000))
    message = write(alice, bob, long)

    page = visit(bob, message)
    beginning, rest = page.select("article.message .content")

    assert beginning.get_text() + rest.get_text() == long
    assert len(beginning.get_text()) <= 1_500
    assert text(rest.find_parent("details").summary) == "The rest of this message"
