import pytest
from django.urls import reverse

from tests.html import link, listed_conversations, shown_messages, soup, text


def snippets(page):
    """What the list says of each conversation."""
    return [text(line) for line in page.select("main .conversations .snippet")]


def unread_counts(page):
    """The number of unread messages of each conversation, "" where there are none."""
    return [text(line.select_one(".pill")) for line in page.select("main .conversations li")]


def test_the_latest_conversation_stands_first(alice, bob, charlie, visit, write):
    write(bob, alice)
    write(charlie, alice)
    before = listed_conversations(visit(alice, "conversations").main)
    write(alice, bob)
    after = listed_conversations(visit(alice, "conversations").main)

    assert before == ["Charlie Okafor", "Bob Tanaka"]
    assert after == ["Bob Tanaka", "Charlie Okafor"]


def test_a_third_person_is_not_told_who_talks(alice, bob, charlie, visit, write):
    write(alice, bob)

    assert listed_conversations(visit(alice, "conversations")) != []
    assert listed_conversations(visit(charlie, "conversations")) == []
    assert link(visit(charlie, "conversations").main, "Write to somebody") == "/compose/"


def test_each_line_says_what_was_written_last_and_how_much_is_unread(
    alice, bob, charlie, visit, write
):
    write(bob, alice, "One")
    write(bob, alice, "Two\nlines")
    write(alice, charlie, "Mine")

    page = visit(alice, "conversations")

    assert snippets(page) == ["You: Mine", "Two lines"]
    assert unread_counts(page) == ["", "2 unread"]


def test_many_unread_messages_are_not_counted_to_the_end(alice, bob, visit, write):
    for _ in range(100):
        write(bob, alice)

    assert unread_counts(visit(alice, "conversations")) == ["99+ unread"]


def test_a_line_leads_to_its_conversation(alice, bob, visit, write):
    write(bob, alice, "Here I am")

    assert shown_messages(visit(alice, link(visit(alice, "conversations"), "Bob"))) == ["Here I am"]


def test_the_open_conversation_is_marked_in_the_list(alice, bob, charlie, visit, write):
    write(bob, alice)
    write(charlie, alice)

    page = visit(alice, "conversation", "charlie")

    current = page.select(".conversations [aria-current=page]")
    assert [text(line.select_one(".name")) for line in current] == ["Charlie Okafor"]


def test_older_conversations_are_reached_exactly_once_by_following_links(alice, crowd, leaf, write):
    for person in crowd(65):
        write(person, alice)

    pages = [
        listed_conversations(page.main)
        for page in leaf(alice, "Show older conversations", "conversations")
    ]

    assert [len(page) for page in pages] == [30, 30, 5]
    assert pages[0] + pages[1] + pages[2] == [f"person-{n}" for n in reversed(range(65))]


# The list alone, or in its page


HTMX = {"HX-Request": "true"}


def test_htmx_gets_the_list_alone(alice, bob, browse, write):
    write(bob, alice)

    response = browse(alice).get(reverse("conversations"), headers=HTMX)

    assert listed_conversations(soup(response)) == ["Bob Tanaka"]
    assert soup(response).html is None
    assert "HX-Request" in response["Vary"]


@pytest.mark.parametrize("navigation", ["HX-Boosted", "HX-History-Restore-Request"])
def test_a_navigation_by_htmx_gets_the_page(navigation, alice, bob, browse, write):
    write(bob, alice)

    response = browse(alice).get(reverse("conversations"), headers=HTMX | {navigation: "true"})

    assert listed_conversations(soup(response).main) == ["Bob Tanaka"]
    assert soup(response).html is not None
    assert "HX-Request" in response["Vary"]
