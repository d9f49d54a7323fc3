"""What a page that stays open is sent: nothing, pieces, or the whole list."""

import re
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from messaging.dom import dom_id
from messaging.models import Message, MessageHistory
from messaging.views.messages import EditForm
from tests.html import (
    alert,
    badge_count,
    button,
    errors,
    listed_conversations,
    shown_message,
    shown_messages,
    soup,
    summary_of,
    text,
    typed,
)
from tests.htmx import HTMX, events, reason
from tests.process import processes

ADDRESS = reverse("conversation-changes", args=["bob"])
MORNING = datetime(2024, 3, 4, 9, 0, tzinfo=UTC)


@pytest.fixture
def first(alice, bob, write):
    """The first message of alice and bob."""
    return write(alice, bob, "First", read=True)


@pytest.fixture
def tab(alice, first, watch):
    """Alice's open page of the conversation."""
    return watch(alice, "conversation", "bob")


def is_new(page, message):
    return shown_message(page, message).find(class_="new") is not None


def announced(page):
    return text(page.find(id="announcer"))


# Nothing new


def test_a_page_where_nothing_changed_is_sent_nothing(tab):
    before = str(tab.page)

    response = tab.poll()

    assert (response.status_code, response.content) == (204, b"")
    assert events(response) == []
    assert str(tab.page) == before


def test_nothing_costs_the_session_its_person_and_one_question(tab, bob, write):
    with CaptureQueriesContext(connection) as queries:
        assert tab.poll().status_code == 204
    write(bob, bob.received_messages.get().sender)
    with CaptureQueriesContext(connection) as more:
        assert tab.poll().status_code == 200

    assert len(queries) <= 3 < len(more)


def test_nothing_is_no_more_than_six_hundred_bytes_on_the_wire(
    alice, bob, browse, transactional_db, write
):
    message = write(bob, alice)
    client = browse(alice)

    with processes(1) as [process]:
        head, content = process.get(client, f"{ADDRESS}?since=1&newest={message.pk}", HTMX)
        other, pieces = process.get(client, f"{ADDRESS}?since=0&newest=0", HTMX)

    assert head.startswith(b"HTTP/1.1 204 ")
    assert len(head + content) <= 600
    assert other.startswith(b"HTTP/1.1 200 ")
    assert b"Hello" in pieces


# Who asks, and for what


def test_a_stranger_does_not_find_it(alice, bob, charlie, browse, first, write):
    write(charlie, alice)

    assert browse(alice).get(ADDRESS, {"since": 0, "newest": 0}).status_code == 200
    assert browse(charlie).get(ADDRESS, {"since": 0, "newest": 0}).status_code == 404
    assert browse(charlie).get(ADDRESS, {"since": 1}).status_code == 404


def test_each_of_two_people_is_shown_their_own_side(alice, bob, browse, first):
    def pieces(person, peer):
        address = reverse("conversation-changes", args=[peer])
        return soup(browse(person).get(address, {"since": 0, "newest": 0}))

    assert "Edit" in text(pieces(alice, "bob").article)
    assert announced(pieces(alice, "bob")) == ""
    assert "Edit" not in text(pieces(bob, "alice").article)


def test_whoever_is_signed_out_gets_nothing_to_swap(tab, first):
    first.edit("Changed", version=first.version)
    tab.client.logout()

    response = tab.poll()

    assert (response.status_code, response.content) == (401, b"")
    assert shown_messages(tab.page) == ["First"]


@pytest.mark.parametrize("since", ["x", "-1", "1.5", str(2**63), "1\0"])
@pytest.mark.parametrize("name", ["since", "newest"])
def test_what_cannot_be_is_refused_in_words(since, name, alice, browse, first):
    known = {"since": 0, "newest": 0}
    assert browse(alice).get(ADDRESS, known).status_code == 200

    response = browse(alice).get(ADDRESS, known | {name: since})

    assert response.status_code == 400
    reason = "This address asks for changes since a version that cannot be."
    assert reason in text(soup(response))


@pytest.mark.parametrize("known", [{}, {"since": 0}, {"since": 99, "newest": 0}])
def test_a_page_that_cannot_follow_is_sent_the_whole_list(known, alice, browse, first):
    page = soup(browse(alice).get(ADDRESS, known))

    assert page.find(id="conversation")["hx-swap-oob"] == "true"
    assert shown_messages(page) == ["First"]


def test_no_browser_stores_it(tab, first):
    for content in ("Second", None):
        if content:
            first.edit(content, version=first.version)
        assert tab.poll()["Cache-Control"] == "private, no-store"


# What the page then shows


def test_a_new_message_joins_the_list_and_is_said(tab, alice, bob, write):
    write(bob, alice, "Second")

    response = tab.poll()

    assert events(response) == ["news"]
    assert shown_messages(tab.page) == ["First", "Second"]
    assert announced(tab.page) == "Bob Tanaka: Second"
    assert tab.poll().status_code == 204


def test_ones_own_message_from_elsewhere_joins_and_is_not_said(tab, alice, bob, write):
    write(alice, bob, "From my phone")

    tab.poll()

    assert shown_messages(tab.page) == ["First", "From my phone"]
    assert announced(tab.page) == ""


def test_a_long_message_is_not_said_to_its_end(tab, alice, bob, write):
    write(bob, alice, "word " * 1_000)

    tab.poll()

    assert announced(tab.page).startswith("Bob Tanaka: word word")
    assert len(announced(tab.page)) < 300


def test_the_header_leads_to_what_is_unread(tab, alice, bob, write):
    assert button(tab.page, "Mark all as read") is None
    message = write(bob, alice, "Second")

    tab.poll()

    live = tab.page.find(id="live")
    assert live.a["href"] == message.get_absolute_url()
    assert button(live, "Mark all as read")


def test_the_first_reply_unfolds_below_its_message(tab, alice, bob, first, write):
    write(bob, alice, "Reply", to=first)

    tab.poll()

    assert shown_messages(tab.page) == ["First", "Reply"]
    assert summary_of(tab.page, first) == "1 reply · 1 new"
    assert announced(tab.page) == "Bob Tanaka: Reply"


def test_another_reply_joins_the_thread(alice, bob, first, watch, write):
    reply = write(bob, alice, "Reply", to=first)
    tab = watch(alice, first)
    write(bob, alice, "Another", to=first)
    write(bob, alice, "Below the first", to=reply)

    tab.poll()

    assert shown_messages(tab.page) == ["First", "Reply", "Below the first", "Another"]
    assert summary_of(tab.page, first) == "2 replies · 3 new"
    assert summary_of(tab.page, reply) == "1 reply · 1 new"


def test_an_edit_takes_the_place_of_the_message(tab, first):
    first.edit("Changed", version=first.version)

    response = tab.poll()

    assert events(response) == [dom_id(first), "news"]
    assert shown_messages(tab.page) == ["Changed"]
    assert announced(tab.page) == ""


def test_what_was_read_elsewhere_is_not_new_any_more(alice, bob, first, watch, write):
    message = write(bob, alice, "Second")
    tab = watch(alice, "conversation", "bob")
    assert is_new(tab.page, message)
    alice.received_messages.mark_read()

    tab.poll()

    assert not is_new(tab.page, message)
    assert button(tab.page, "Mark all as read") is None


def test_a_day_that_begins_is_named_between_the_messages(alice, bob, watch, write):
    write(alice, bob, "First", timestamp=MORNING)
    tab = watch(alice, "conversation", "bob")
    write(bob, alice, "The same day", timestamp=MORNING + timedelta(hours=1))
    write(bob, alice, "The day after", timestamp=MORNING + timedelta(days=1))

    tab.poll()

    assert [text(line) for line in tab.page.select("#conversation .day")] == [
        "Monday, 4 March 2024",
        "Tuesday, 5 March 2024",
    ]
    assert "after" in text(tab.page.select("#conversation .day")[1].find_next("article"))


def test_text_is_never_markup(tab, alice, bob, write):
    hostile = '<b hx-get="/evil/" hx-swap-oob="true" id="live">Hi</b> <script>alert(1)</script>'
    write(bob, alice, hostile)

    page = soup(tab.poll())

    assert shown_messages(page) == [hostile]
    assert announced(tab.page) == f"Bob Tanaka: {hostile}"
    assert page.select("b, script, [hx-get*=evil]") == []
    assert all(place.has_attr("hx-ignore") for place in page.select(".content, p"))


def test_a_deleted_message_goes(tab, alice, bob, first, write):
    write(bob, alice, "Second")
    tab.poll()
    first.delete()

    tab.poll()

    assert shown_messages(tab.page) == ["Second"]


# In general: a page that follows shows what a new one shows


def outline(element):
    """An element as it stands on the page, without what differs between a piece and its place."""
    copy = BeautifulSoup(str(element), "html.parser")
    for part in copy.find_all():
        for passing in ("hx-swap-oob", "aria-current"):
            part.attrs.pop(passing, None)
    return re.sub(r"\s*([<>])\s*", r"\1", str(copy))


def lines(page):
    """The list of messages: its days, and its messages with what their threads say of themselves.

    Without the line "New", which stays where the reader has seen it, and without open threads.
    """
    for line in page.select("#conversation > li:not(.new)"):
        article = line.find("article", recursive=False)
        summary = line.select_one("details > summary")
        yield text(line) if article is None else (outline(article), text(summary))


def unfolded(page, place):
    """All that stands in another list, with its open threads."""
    return [outline(line) for line in page.select(f"{place} > li")]


@pytest.fixture
def seven_hours_apart(monkeypatch):
    """So much time passes between any two messages, so that days begin."""
    times = (MORNING + n * timedelta(hours=7) for n in count())
    field = Message._meta.get_field("timestamp")
    monkeypatch.setattr(field, "_get_default", lambda: next(times))


def writes(person, other, number):
    say(person, other, f"Number {number}")


def replies(person, other, number):
    say(person, other, f"Reply {number}", parent_message=pick(Message.objects.all(), number))


def edits(person, other, number):
    if message := pick(person.sent_messages, number):
        message.edit(f"{message.content}, edited", version=message.version)


def reads(person, other, number):
    if message := pick(person.received_messages, number):
        message.mark_read_by(person)


def reads_all(person, other, number):
    person.received_messages.mark_read()


def makes_unread(person, other, number):
    if message := pick(person.received_messages, number):
        message.mark_unread_from_here()


def say(person, other, content, **fields):
    Message.objects.create(sender=person, receiver=other, content=content, **fields)


def pick(messages, number):
    messages = list(messages.order_by("pk"))
    return messages[number % len(messages)] if messages else None


def looks(*tabs):
    for tab in tabs:
        tab.poll()


def sends(page, thread, replies):
    page.press("Send", content=f"Sent after {Message.objects.count()}")


def answers(page, thread, replies):
    article = thread.page.select("article")[-1]
    key = article["id"].removeprefix("message-")
    thread.press("Reply", within=article)
    thread.press("Send", within=thread.page.find(id=dom_id(key, "reply")), content="Answered")


def reads_here(page, thread, replies):
    if button(thread.page, "Mark as read"):
        thread.press("Mark as read")


def edits_here(page, thread, replies):
    article = page.page.select("article.mine")[0]
    page.press("Edit", within=article)
    editor = page.page.find(id=article["id"])
    page.press("Save", within=editor, content=f"{typed(editor)}, edited here")


DEEDS = [writes, replies, edits, reads, reads_all, makes_unread]
STEPS = st.one_of(
    st.tuples(st.sampled_from(DEEDS), st.sampled_from(["alice", "bob"]), st.integers(0, 20)),
    st.sampled_from([looks, sends, answers, reads_here, edits_here]),
)
NESTED = [(writes, "bob", 0), (replies, "bob", 2), (replies, "bob", 0), (replies, "alice", 4)]


@settings(max_examples=15, phases=[Phase.explicit, Phase.generate])
@given(steps=st.lists(STEPS, max_size=12))
@example(steps=NESTED)
@example(steps=[(replies, "bob", 0), looks, (replies, "bob", 2), (replies, "bob", 3)])
def test_a_page_that_follows_shows_what_a_new_one_shows(
    steps, alice, bob, seven_hours_apart, visit, watch
):
    people = {"alice": (alice, bob), "bob": (bob, alice)}
    with transaction.atomic():  # each example in a world of its own
        cache.clear()
        say(alice, bob, "First")
        say(bob, alice, "Second", read=True)
        first = Message.objects.earliest("pk")
        pages = [("conversation", "bob"), (first,), ("message-replies", first.pk)]
        tabs = [watch(alice, *page) for page in pages]
        for step in steps:
            if isinstance(step, tuple):
                deed, person, number = step
                deed(*people[person], number)
            else:
                step(*tabs)

        looks(*tabs)

        followed = [tab.page for tab in tabs]
        fresh = [visit(alice, *page) for page in pages]
        assert list(lines(followed[0])) == list(lines(fresh[0]))
        for number, place in (1, ".messages"), (2, f"#{dom_id(first, 'thread')}"):
            assert unfolded(followed[number], place) == unfolded(fresh[number], place)
        for page in followed:
            assert outline(page.find(id="live")) == outline(fresh[0].find(id="live"))
        for article in followed[0].select("article"):
            address = article.select_one(".permalink")["href"]
            alone = tabs[0].client.get(address, headers=HTMX)
            assert outline(article) == outline(soup(alone).article)
        transaction.set_rollback(True)


# What it costs


@pytest.fixture
def cost():
    def cost(ask, *args, **fields):
        with CaptureQueriesContext(connection) as queries:
            assert ask(*args, **fields).status_code == 200
        return len(queries)

    return cost


@pytest.mark.parametrize("kind", ["roots", "first replies", "more replies", "edits", "reads"])
def test_changes_cost_the_same_for_ten_and_for_ninety(kind, alice, bob, cost, first, watch):
    def send(number, parents=(None,)):
        return Message.objects.bulk_create(
            Message(sender=bob, receiver=alice, content="Hello", parent_message=parent)
            for _ in range(number)
            for parent in parents
        )

    def change(number):
        """As many changes of this kind, seen by a page that stands open."""
        roots = send(number)
        if kind == "more replies":
            send(1, roots)
        tab = watch(alice, "conversation", "bob")
        if kind == "roots":
            send(number)
        elif "replies" in kind:
            send(1, roots)
        elif kind == "reads":
            alice.received_messages.filter(pk__in=[root.pk for root in roots]).mark_read()
        else:
            alice.received_messages.filter(pk__in=[r.pk for r in roots]).update(edited=True)
            MessageHistory.objects.bulk_create(
                MessageHistory(message=root, old_content="Helo", edited_by=bob) for root in roots
            )
        return cost(tab.poll)

    assert change(10) == change(90)


def test_the_whole_list_costs_the_same_for_ten_and_for_a_hundred(alice, bob, browse, cost, first):
    client = browse(alice)

    def grow(number):
        Message.objects.bulk_create(
            Message(sender=bob, receiver=alice, content="Hello", parent_message=parent)
            for _ in range(number)
            for parent in (None, first)
        )
        return cost(client.get, ADDRESS)

    assert grow(10) == grow(100)


# Writing, in the page


def test_what_is_sent_joins_the_list_and_the_form_is_empty_again(tab):
    [key] = [field["value"] for field in tab.page.select("#composer [name=key]")]

    response = tab.press("Send", content="Second")

    assert (response.status_code, events(response)) == (200, ["news"])
    assert shown_messages(tab.page) == ["First", "Second"]
    assert typed(tab.page.find(id="composer")) == ""
    assert [field["value"] for field in tab.page.select("#composer [name=key]")] != [key]
    assert tab.poll().status_code == 204


def test_what_came_meanwhile_comes_with_the_answer(tab, alice, bob, write):
    write(bob, alice, "Meanwhile")

    tab.press("Send", content="Second")

    assert shown_messages(tab.page) == ["First", "Meanwhile", "Second"]
    assert announced(tab.page) == "Bob Tanaka: Meanwhile"
    assert tab.poll().status_code == 204


def test_the_same_form_sent_twice_shows_one_message(tab):
    again = tab.again()  # as if the first answer had been lost on its way
    tab.press("Send", content="Second")
    again.press("Send", content="Second")

    assert shown_messages(again.page) == ["First", "Second"]
    assert Message.objects.count() == 2


def test_a_page_that_does_not_follow_is_led_to_what_was_sent(alice, bob, watch, write):
    for _ in range(31):
        write(alice, bob)
    earlier = watch(alice, "conversation", "bob", before=Message.objects.latest("pk").pk)

    response = earlier.press("Send", content="At the end")

    message = Message.objects.latest("pk")
    assert response["HX-Redirect"] == f"/conversations/bob/#message-{message.pk}"
    assert shown_messages(soup(response)) == ["At the end"]


def test_a_reply_is_written_and_shown_in_place(tab, first):
    tab.press("Reply", within=shown_message(tab.page, first))
    place = tab.page.find(id=dom_id(first, "reply"))
    assert place.textarea["placeholder"] == "Reply to Bob Tanaka"

    response = tab.press("Send", within=place, content="Reply")

    assert (response.status_code, events(response)) == (200, ["news"])
    assert shown_messages(tab.page) == ["First", "Reply"]
    assert tab.page.find(id=dom_id(first, "reply")).find() is None
    assert tab.poll().status_code == 204


@pytest.mark.parametrize("is_answered", [False, True], ids=["first", "another"])
def test_a_reply_is_shown_on_the_page_of_the_replies(is_answered, alice, bob, first, watch, write):
    if is_answered:
        write(bob, alice, "Early", to=first)
    tab = watch(alice, "message-replies", first.pk)

    tab.press("Send", within=tab.page.find(id=dom_id(first, "reply")), content="Reply")

    assert shown_messages(tab.page) == ["First", *["Early"] * is_answered, "Reply"]


def test_what_stands_above_a_deep_thread_is_answered_on_its_own_page(alice, bob, watch, write):
    chain = [write(alice, bob, "0")]
    for number in range(1, 40):
        chain.append(write(bob, alice, str(number), to=chain[-1]))
    tab = watch(alice, chain[30])
    above = shown_message(tab.page, chain[29])

    assert above.find_parent(class_="path")
    assert above.select(".actions") == []
    assert above.select_one(".permalink")["href"] == chain[29].get_absolute_url()


def test_whoever_replies_has_read_what_they_answer(alice, bob, first, watch, write):
    question = write(bob, alice, "Why?")
    tab = watch(alice, "conversation", "bob")
    tab.press("Reply", within=shown_message(tab.page, question))

    tab.press("Send", within=tab.page.find(id=dom_id(question, "reply")), content="Because.")

    assert not is_new(tab.page, question)
    assert button(tab.page, "Mark all as read") is None


def test_a_reply_from_a_page_that_does_not_follow_leads_to_it(alice, browse, first):
    address = reverse("message-replies", args=[first.pk])

    response = browse(alice).post(address, {"content": "Reply"}, headers=HTMX)

    reply = first.replies.get()
    assert response["HX-Redirect"] == reply.get_absolute_url()
    assert shown_messages(soup(response)) == ["Reply"]


def test_an_edit_is_written_and_shown_in_place(tab, first):
    tab.press("Edit", within=shown_message(tab.page, first))
    assert typed(shown_message(tab.page, first)) == "First"

    response = tab.press("Save", content="Changed")

    assert (response.status_code, events(response)) == (200, [dom_id(first), "news"])
    [root] = soup(response).find_all(recursive=False)
    assert root["id"] == dom_id(first)
    assert shown_messages(tab.page) == ["Changed"]


def test_an_edit_can_be_given_up(tab, first):
    before = outline(shown_message(tab.page, first))
    tab.press("Edit", within=shown_message(tab.page, first))

    tab.press("Cancel", within=shown_message(tab.page, first))

    assert outline(shown_message(tab.page, first)) == before


def test_a_message_is_marked_as_read_in_place_and_unread_again(alice, bob, first, watch, write):
    message = write(bob, alice, "Second")
    tab = watch(alice, "conversation", "bob")

    for name, unread in [("Mark as read", False), ("Unread from here", True)]:
        response = tab.press(name, within=shown_message(tab.page, message))

        assert (response.status_code, events(response)) == (200, ["news"])
        assert is_new(tab.page, message) == unread
        assert bool(button(tab.page, "Mark all as read")) == unread
        assert tab.poll().status_code == 204


def test_a_page_that_does_not_follow_is_loaded_again(alice, bob, watch, write):
    messages = [write(bob, alice) for _ in range(31)]
    earlier = watch(alice, "conversation", "bob", before=messages[-1].pk)

    response = earlier.press("Mark as read", within=shown_message(earlier.page, messages[0]))

    assert (response["HX-Refresh"], response.content) == ("true", b"")
    messages[0].refresh_from_db()
    assert messages[0].read


def test_all_are_marked_as_read_up_to_the_last_that_the_page_knows(alice, bob, watch, write):
    seen = write(bob, alice, "Seen")
    tab = watch(alice, "conversation", "bob")
    later = write(bob, alice, "Not seen")

    tab.press("Mark all as read")

    assert list(Message.unread.for_user(alice)) == [later]
    assert shown_messages(tab.page) == ["Seen", "Not seen"]
    assert is_new(tab.page, later)
    assert not is_new(tab.page, seen)


def test_other_parts_of_the_page_are_told_to_look_again(tab, alice, bob, write):
    message = write(bob, alice, "Second")

    assert events(tab.poll()) == ["news"]
    assert events(tab.ask(tab.page.find(id="unread-badge"))) == ["unread"]
    assert badge_count(tab.page) == "1"
    tab.ask(tab.page.select_one(".sidebar .conversations"))
    assert listed_conversations(tab.page) == ["Bob Tanaka"]
    assert "1 unread" in text(tab.page.select_one(".sidebar .conversations"))
    tab.press("Mark as read", within=shown_message(tab.page, message))
    assert events(tab.ask(tab.page.find(id="unread-badge"))) == ["unread"]
    assert badge_count(tab.page) == ""


# What is refused


LONG = "x" * 10_001
TOO_LONG = "The message is 1 character too long. Shorten it or send it in parts."


def test_a_refused_message_comes_back_in_its_form(tab):
    response = tab.press("Send", content=LONG)

    assert response.status_code == 422
    [root] = soup(response).find_all(recursive=False)
    assert root["id"] == "composer"
    assert errors(tab.page.find(id="composer")) == [TOO_LONG]
    assert typed(tab.page.find(id="composer")) == LONG
    assert tab.press("Send", content="Shorter").status_code == 200
    assert shown_messages(tab.page) == ["First", "Shorter"]


def test_a_refused_reply_comes_back_in_its_place(tab, first):
    tab.press("Reply", within=shown_message(tab.page, first))
    place = dom_id(first, "reply")

    response = tab.press("Send", within=tab.page.find(id=place), content=LONG)

    assert response.status_code == 422
    [root] = soup(response).find_all(recursive=False)
    assert root["id"] == place
    assert errors(tab.page.find(id=place)) == [TOO_LONG]
    assert typed(tab.page.find(id=place)) == LONG
    assert tab.press("Send", within=tab.page.find(id=place), content="Reply").status_code == 200
    assert shown_messages(tab.page) == ["First", "Reply"]


def test_a_refused_edit_comes_back_in_the_place_of_the_message(tab, first):
    tab.press("Edit", within=shown_message(tab.page, first))

    response = tab.press("Save", content="")

    assert response.status_code == 422
    [root] = soup(response).find_all(recursive=False)
    assert root["id"] == dom_id(first)
    assert errors(shown_message(tab.page, first)) == ["Write something first."]


def test_a_stale_edit_shows_both_texts_and_can_be_saved(tab, first):
    tab.press("Edit", within=shown_message(tab.page, first))
    first.edit("From my phone", version=first.version)

    response = tab.press("Save", content="From my desk")

    assert response.status_code == 409
    [root] = soup(response).find_all(recursive=False)
    assert root["id"] == dom_id(first)
    assert text(tab.page.find("blockquote")) == "From my phone"
    assert typed(shown_message(tab.page, first)) == "From my desk"
    assert "was changed while you were editing" in alert(root)
    assert tab.press("Save").status_code == 200
    assert shown_messages(tab.page) == ["From my desk"]


def test_a_reason_leaves_what_was_typed_where_it_stands(alice, bob, first, monkeypatch, tab):
    tab.press("Edit", within=shown_message(tab.page, first))
    clean = EditForm.clean
    monkeypatch.setattr(EditForm, "clean", lambda form: (clean(form), first.delete())[0])

    response = tab.press("Save", content="Changed")

    assert response.status_code == 400
    assert reason(response).startswith("This message is no longer here.")
    assert button(shown_message(tab.page, first), "Save")


def test_who_writes_to_somebody_who_has_gone_is_told_so(bob, tab):
    bob.delete()

    response = tab.press("Send", content="Are you there?")

    assert response.status_code == 404
    assert reason(response).startswith("There is nothing at this address any more")
    assert button(tab.page, "Send")
