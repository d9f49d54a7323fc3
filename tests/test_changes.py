"""What a page of a conversation has yet to show, as the site prepares it."""

from datetime import UTC, datetime

import pytest
from django.utils import timezone

from messaging.changes import MOST, changes, state_of
from messaging.models import Message, User

MONDAY = datetime(2024, 3, 4, 22, 30, tzinfo=UTC)
LATER = datetime(2024, 3, 4, 23, 30, tzinfo=UTC)
TUESDAY = datetime(2024, 3, 5, 9, 0, tzinfo=UTC)


def place_of(person):
    return person.participations.select_related("conversation", "peer").get()


@pytest.fixture
def looks(alice, bob, write):
    """Alice, or somebody else, opens the conversation; what is new since then: `news = looks()`.

    There is an old message by each of them, and nothing that alice has not read.
    """
    write(alice, bob, "Old", timestamp=MONDAY)
    write(bob, alice, "Answer", timestamp=MONDAY, read=True)

    def looks(person=alice):
        known = state_of(place_of(person))
        since, newest = known["since"], known["newest"]
        return lambda: changes(place_of(person), since, newest)

    return looks


@pytest.fixture
def old(looks):
    return Message.objects.get(content="Old")


def said(messages):
    return [message.content for message in messages]


def new_roots(news):
    return [(day, said(messages)) for day, messages in news["days"]]


def hung(message):
    """A message with the new replies that are hung on it: ("Old", ("Yes", ("Fine",)))."""
    return (message.content, *map(hung, getattr(message, "shown_replies", [])))


def nothing_else(news, *shown):
    """Whether there is nothing in these changes but what was looked at."""
    return not any(news[part] for part in PARTS - set(shown))


PARTS = {"days", "begun", "joining", "changed", "answered", "heard"}


# What a page knows


def test_a_page_knows_the_version_and_the_last_message(alice, bob, looks, write):
    message = write(bob, alice)
    state = state_of(place_of(alice))

    assert state["since"] == alice.conversations.get().version == 3
    assert state["newest"] == message.pk
    assert state["url"] == "/conversations/bob/changes/"
    assert state["peer"] == bob


def test_a_page_leads_to_the_oldest_message_that_its_reader_has_not_read(alice, bob, looks, write):
    assert state_of(place_of(alice))["first_unread"] is None

    first = write(bob, alice)
    write(bob, alice)

    assert state_of(place_of(alice))["first_unread"] == first.get_absolute_url()


def test_what_is_unread_elsewhere_is_not_meant(alice, charlie, looks, write):
    write(charlie, alice)
    with_bob = alice.participations.get(peer__username="bob")

    assert state_of(with_bob)["first_unread"] is None


def test_a_page_of_a_conversation_without_messages_knows_none(alice, looks):
    Message.objects.all().delete()

    assert state_of(place_of(alice))["newest"] == 0


def test_the_next_question_starts_where_this_one_ended(alice, bob, looks, write):
    news = looks()
    message = write(bob, alice, "New")

    live = news()["live"]

    assert (live["since"], live["newest"]) == (3, message.pk)
    assert live["first_unread"] == message.get_absolute_url()


def test_the_newest_never_goes_back(alice, old, looks, write):
    """An answer may have shown more than the page that asked before it knew."""
    old.edit("Edited", version=old.version)

    live = changes(place_of(alice), since=2, newest=1_000)["live"]

    assert live["newest"] == 1_000


def test_a_page_that_misses_nothing_is_told_only_what_it_knows(alice, looks):
    news = looks()

    assert news().keys() == {"live"}
    assert news()["live"] == state_of(place_of(alice))


# New messages


def test_a_new_message_is_heard_and_joins_its_day(alice, bob, looks, write):
    news = looks()
    write(bob, alice, "New", timestamp=LATER)

    found = news()

    assert new_roots(found) == [("", ["New"])]
    assert said(found["heard"]) == ["New"]
    assert nothing_else(found, "days", "heard")


def test_ones_own_new_message_is_not_heard(alice, bob, looks, write):
    news = looks()
    write(alice, bob, "Mine", timestamp=LATER)

    assert new_roots(news()) == [("", ["Mine"])]
    assert said(news()["heard"]) == []


def test_a_day_is_named_where_it_begins(alice, bob, looks, write):
    news = looks()
    write(bob, alice, "Late", timestamp=LATER)
    write(alice, bob, "Early", timestamp=TUESDAY)
    write(alice, bob, "Then", timestamp=TUESDAY)

    assert new_roots(news()) == [("", ["Late"]), ("Tuesday, 5 March 2024", ["Early", "Then"])]


def test_a_day_that_follows_another_is_named(alice, bob, looks, write):
    news = looks()
    write(bob, alice, "Early", timestamp=TUESDAY)

    assert new_roots(news()) == [("Tuesday, 5 March 2024", ["Early"])]


def test_a_day_begins_for_the_reader(alice, bob, looks, write):
    news = looks()
    write(bob, alice, "Late", timestamp=LATER)

    with timezone.override("Europe/Paris"):
        assert new_roots(news()) == [("Tuesday, 5 March 2024", ["Late"])]


def test_a_day_has_begun_for_the_reader(alice, bob, looks, write):
    write(bob, alice, "Late", timestamp=LATER)
    news = looks()
    write(bob, alice, "Early", timestamp=TUESDAY)

    with timezone.override("Europe/Paris"):
        assert new_roots(news()) == [("", ["Early"])]


def test_the_first_message_of_all_begins_its_day(alice, bob, looks, write):
    Message.objects.all().delete()
    news = looks()
    write(bob, alice, "First", timestamp=MONDAY)

    assert new_roots(news()) == [("Monday, 4 March 2024", ["First"])]


def test_a_reply_of_another_day_does_not_begin_one(alice, bob, old, looks, write):
    write(bob, alice, "Reply", to=old, timestamp=TUESDAY)
    news = looks()
    write(bob, alice, "Root", timestamp=TUESDAY)

    assert new_roots(news()) == [("Tuesday, 5 March 2024", ["Root"])]


def test_what_was_known_is_not_sent_again(alice, bob, looks, write):
    write(bob, alice, "Known", timestamp=LATER)
    news = looks()
    write(bob, alice, "New", timestamp=LATER)

    assert new_roots(news()) == [("", ["New"])]


def test_what_is_written_elsewhere_is_not_sent(alice, bob, charlie, looks, write):
    news = looks(bob)
    write(alice, bob, "Here", timestamp=LATER)
    for _ in range(5):
        write(alice, charlie, "Elsewhere", timestamp=LATER)

    assert new_roots(news()) == [("", ["Here"])]


# New replies


def test_the_first_reply_begins_a_thread(alice, bob, old, looks, write):
    news = looks()
    write(bob, alice, "Reply", to=old)

    found = news()

    assert list(map(hung, found["begun"])) == [("Old", ("Reply",))]
    assert found["begun"][0].summary == "1 reply · 1 new"
    assert found["answered"] == []
    assert said(found["heard"]) == ["Reply"]
    assert nothing_else(found, "begun", "answered", "heard")


def test_another_reply_joins_the_thread(alice, bob, old, looks, write):
    write(bob, alice, "Reply", to=old, read=True)
    news = looks()
    write(bob, alice, "Another", to=old)

    found = news()

    assert [(thread, said(m)) for thread, m in found["joining"]] == [
        (f"thread-{old.pk}", ["Another"])
    ]
    assert [m.summary for m in found["answered"]] == ["2 replies · 1 new"]
    assert nothing_else(found, "joining", "answered", "heard")


def test_replies_to_new_messages_stand_below_these(alice, bob, old, looks, write):
    news = looks()
    root = write(bob, alice, "Root", timestamp=LATER)
    reply = write(alice, bob, "Reply", to=root)
    write(bob, alice, "Deeper", to=reply)
    first = write(bob, alice, "First", to=old)
    write(alice, bob, "Below the first", to=first)

    found = news()

    assert [hung(m) for _, messages in found["days"] for m in messages] == [
        ("Root", ("Reply", ("Deeper",)))
    ]
    assert list(map(hung, found["begun"])) == [("Old", ("First", ("Below the first",)))]
    assert found["joining"] == []


def test_a_reply_deep_in_a_thread_changes_every_summary_above_it(alice, bob, old, looks, write):
    chain = [old]
    for number in range(5):
        chain.append(write(alice, bob, str(number), to=chain[-1]))
    news = looks()
    write(bob, alice, "Deep", to=chain[-1])

    found = news()

    assert [hung(message)[0] for message in found["begun"]] == ["4"]
    assert [m.content for m in found["answered"]] == ["Old", "0", "1", "2", "3"]
    assert {m.summary for m in found["answered"]} == {"1 reply · 1 new"}


# Older messages


def test_an_edit_changes_its_message_and_is_not_heard(alice, bob, old, looks, write):
    write(bob, alice, "Reply", to=old, read=True)
    news = looks()
    old.edit("Edited", version=old.version)

    found = news()

    assert said(found["changed"]) == ["Edited"]
    assert found["changed"][0].edited_when
    assert nothing_else(found, "changed")


def test_a_message_that_was_read_or_is_unread_again_is_a_change_for_both(alice, bob, old, looks):
    for person in (alice, bob):
        for write in (Message.objects.mark_read, Message.objects.filter(pk=old.pk).mark_unread):
            news = looks(person)
            write()
            assert said(news()["changed"]) == ["Old"]
            assert nothing_else(news(), "changed")
    news = looks(bob)
    Message.objects.filter(pk=old.pk).mark_read()
    assert not news()["changed"][0].unseen


def test_a_reply_that_was_read_changes_the_summary_above_it(alice, bob, old, looks, write):
    reply = write(bob, alice, "Reply", to=old)
    news = looks()
    reply.mark_read_by(alice)

    found = news()

    assert said(found["changed"]) == ["Reply"]
    assert [m.summary for m in found["answered"]] == ["1 reply"]
    assert nothing_else(found, "changed", "answered")


def test_what_is_new_and_then_edited_and_read_is_new(alice, bob, looks, write):
    news = looks()
    message = write(bob, alice, "Nwe", timestamp=LATER)
    message.edit("New", version=message.version)
    message.mark_read_by(alice)

    assert new_roots(news()) == [("", ["New"])]
    assert news()["changed"] == []


# The whole list


def whole(found):
    """The messages of the list that stands for all changes."""
    return [message.content for _, messages in found["whole"]["days"] for message in messages]


ALL = ["Old", "Answer"]


@pytest.mark.parametrize(
    "known", [{}, {"since": 2}, {"newest": 2}, {"since": 3, "newest": 2}, {"since": None}]
)
def test_a_page_that_knows_too_little_or_too_much_gets_the_list(known, alice, old):
    assert whole(changes(place_of(alice), **known)) == ALL


def test_a_page_that_knows_its_version_gets_pieces(alice, looks, old):
    old.edit("Edited", version=old.version)

    assert "whole" not in changes(place_of(alice), since=2, newest=2)


def test_up_to_a_hundred_changes_come_as_pieces_and_more_as_the_list(alice, bob, looks):
    def send(number):
        Message.objects.bulk_create(
            Message(sender=bob, receiver=alice, content="New") for _ in range(number)
        )

    news = looks()
    send(MOST)
    assert sum(len(messages) for _, messages in news()["days"]) == MOST
    assert "whole" not in news()

    send(1)
    assert whole(news()) == ["New"] * 30
    assert news()["live"]["newest"] == Message.objects.latest("pk").pk


def test_where_nothing_is_left_of_what_changed_the_list_is_sent(alice, old, looks):
    news = looks()
    Message.objects.filter(pk=old.pk).delete()

    assert whole(news()) == ["Answer"]


@pytest.mark.parametrize("way", ["save", "update"])
def test_a_new_name_needs_the_whole_list(way, alice, bob, looks):
    news = looks()
    rename(bob, way)

    assert whole(news()) == ALL
    assert news()["live"]["since"] == 3


def rename(person, way="save"):
    if way == "update":
        User.objects.filter(pk=person.pk).update(display_name="Rob")
    else:
        person.display_name = "Rob"
        person.save()


def test_a_page_that_was_drawn_since_then_gets_pieces_again(alice, bob, looks, old, write):
    rename(bob)
    news = looks()
    write(bob, alice, "New")

    assert said(news()["heard"]) == ["New"]


def test_what_goes_while_something_comes_goes_from_the_page_too(alice, bob, old, looks, write):
    news = looks()
    old.delete()
    write(bob, alice, "New")

    assert whole(news()) == ["Answer", "New"]


@pytest.mark.parametrize("way", ["save", "update"])
def test_a_new_name_shows_on_old_messages_while_something_comes(way, alice, bob, looks, write):
    news = looks()
    rename(bob, way)
    write(bob, alice, "New")

    assert whole(news()) == [*ALL, "New"]
