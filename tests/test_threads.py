"""Threads: their order, their depth, and the bounds of what is fetched of them."""

import pytest
from django.db import connection, models
from hypothesis import example, given, settings
from hypothesis import strategies as st

from messaging.models import Message
from messaging.threads import (
    COUNTED_LEVELS,
    LEVELS,
    MESSAGES,
    REPLIES,
    count_unread_below,
    fetch_ancestors,
    fetch_replies,
)

QUERIES = 1  # where nothing was edited


@pytest.fixture
def plant(alice, bob, write):
    """Plants a thread, each message before its replies: `plant("top", ("a", ("a1",)), ("b",))`.

    Returns all of it by content.
    """

    def plant(content, *replies, to=None):
        message = write(alice, bob, content, to=to)
        planted = {content: message}
        for reply in replies:
            planted |= plant(*reply, to=message)
        return planted

    return plant


@pytest.fixture
def plant_many(alice, bob, write):
    """Plants a large thread: `plant_many([0, 0, 1])` hangs two on the top and one on the first.

    Returns all of it, the top first.
    """

    def plant_many(parents):
        top = write(alice, bob, "0")
        thread = [top]
        newest = Message.objects.latest("pk").pk
        first = max(newest + 1, 1_000_000)  # keys that the database does not give out itself
        for number, parent in enumerate(parents, start=1):
            message = Message(sender=bob, receiver=alice, content=str(number))
            message.pk = first + number
            message.parent_message = thread[parent]
            message.conversation = top.conversation
            message.version = top.version
            thread.append(message)
        models.QuerySet(Message).bulk_create(thread[1:])
        return thread

    return plant_many


def tree(message):
    """What hangs on a message: ("top", ("a", ("a1",)), ("b",))."""
    return (message.content, *map(tree, message.shown_replies))


def shown_below(message):
    """Every message that a page shows below this one."""
    for reply in message.shown_replies:
        yield reply
        yield from shown_below(reply)


def depth(message):
    return 1 + max(map(depth, message.shown_replies), default=0)


# Order and depth


THREAD = ("top", ("a", ("a1", ("a1x",)), ("a2",)), ("b",), ("c", ("c1",)))


def test_a_thread_is_fetched_as_it_was_written(plant, django_assert_num_queries):
    top = plant(*THREAD)["top"]

    with django_assert_num_queries(QUERIES):
        messages = fetch_replies(top)
        assert tree(top) == THREAD

    assert [message.content for message in messages] == ["a", "a1", "a1x", "a2", "b", "c", "c1"]
    assert [message.depth for message in messages] == [1, 2, 3, 2, 1, 1, 2]
    assert [message.more_after for message in [top, *messages]] == [None] * 8


def test_replies_stand_in_the_order_in_which_they_were_written(plant, write, alice, bob):
    planted = plant("top", ("a",), ("b",))
    write(alice, bob, "a late", to=planted["a"])
    write(alice, bob, "c", to=planted["top"])

    fetch_replies(planted["top"])

    assert tree(planted["top"]) == ("top", ("a", ("a late",)), ("b",), ("c",))


def test_a_part_of_a_thread_can_be_fetched_alone(plant):
    planted = plant(*THREAD)

    fetch_replies(planted["a"])
    assert tree(planted["a"]) == ("a", ("a1", ("a1x",)), ("a2",))

    assert fetch_replies(planted["b"]) == []
    assert tree(planted["b"]) == ("b",)


def test_threads_do_not_mix(plant, write, alice, charlie):
    first, second = plant("first", ("a",)), plant("second", ("b",))
    write(alice, charlie, "foreign")

    fetch_replies(first["first"])
    fetch_replies(second["second"])

    assert tree(first["first"]) == ("first", ("a",))
    assert tree(second["second"]) == ("second", ("b",))


def test_messages_come_with_all_that_is_shown_of_them(plant, bob, django_assert_num_queries):
    planted = plant(*THREAD)
    planted["a1"].edit("a1 edited", version=planted["a1"].version)
    top = planted["top"]
    fetch_replies(top)

    with django_assert_num_queries(0):
        a, b, c = top.shown_replies
        assert [message.reply_count for message in (a, b, c)] == [2, 0, 1]
        assert {message.sender.name for message in shown_below(top)} == {"Alice Moreau"}
        edited = [message for message in shown_below(top) if message.edited]
        assert [(m.content, len(m.latest_edit)) for m in edited] == [("a1 edited", 1)]


# Bounds


def test_only_a_page_of_replies_is_shown(plant_many):
    top, *replies = plant_many([0] * (REPLIES + 1))
    fetch_replies(top)
    assert top.shown_replies == replies[:REPLIES]
    assert top.more_after == replies[REPLIES - 1].pk

    fetch_replies(top, top.more_after)
    assert top.shown_replies == replies[REPLIES:]
    assert top.more_after is None


def test_a_full_page_of_replies_leads_to_no_empty_one(plant_many):
    top, *replies = plant_many([0] * REPLIES)
    fetch_replies(top)

    assert top.shown_replies == replies
    assert top.more_after is None


def test_deeper_down_only_a_page_of_replies_is_shown_too(plant_many):
    top, middle, *replies = plant_many([0] + [1] * (REPLIES + 5))
    fetch_replies(top)

    shown = top.shown_replies[0]
    assert shown == middle
    assert shown.shown_replies == replies[:REPLIES]
    assert shown.more_after == replies[REPLIES - 1].pk


def test_a_wide_group_leaves_room_for_the_others(plant_many):
    top = plant_many([0] * 3 + [1] * 90 + [2] * 90 + [3] * 90)[0]
    fetch_replies(top)

    assert [len(reply.shown_replies) for reply in top.shown_replies] == [REPLIES] * 3


def test_a_chain_ends_after_some_levels(plant_many):
    chain = plant_many(range(LEVELS + 1))
    top = chain[0]
    fetch_replies(top)
    assert list(shown_below(top)) == chain[1 : LEVELS + 1]

    *_, last = shown_below(top)
    assert last.reply_count == 1
    fetch_replies(last)
    assert list(shown_below(last)) == chain[LEVELS + 1 :]


def test_a_message_whose_replies_did_not_all_fit_shows_none(plant_many):
    """Some of a group would look like all of it."""
    wide = 12
    top = plant_many([0] * wide + [1 + n // 10 for n in range(wide * 10)])[0]
    fetch_replies(top)

    groups = [len(reply.shown_replies) for reply in top.shown_replies]
    assert sorted(groups) == [0] * 4 + [10] * 8
    assert all(reply.reply_count == 10 for reply in top.shown_replies)


def test_ten_thousand_replies_are_fetched_by_pages(plant_many, django_assert_num_queries):
    top, *replies = plant_many([0] * 10_000)

    for start in (0, 5_000, 9_990):
        with django_assert_num_queries(QUERIES):
            fetch_replies(top, replies[start - 1].pk if start else 0)
        assert top.shown_replies == replies[start : start + REPLIES]
    assert top.more_after is None


def test_ten_thousand_replies_to_a_reply_do_not_hide_its_siblings(plant_many):
    top, *thread = plant_many([0] + [1] * 10_000 + [0])
    fetch_replies(top)

    assert top.shown_replies == [thread[0], thread[-1]]
    assert top.shown_replies[0].shown_replies == thread[1 : 1 + REPLIES]
    assert top.shown_replies[0].reply_count == 100


def test_a_chain_of_five_thousand_is_fetched_by_parts(plant_many, django_assert_num_queries):
    chain = plant_many(range(5_000))
    middle, bottom = chain[2_500], chain[-1]

    for message in (chain[0], middle):
        with django_assert_num_queries(QUERIES):
            fetch_replies(message)
        start = int(message.content) + 1
        assert list(shown_below(message)) == chain[start : start + LEVELS]
    with django_assert_num_queries(QUERIES):
        assert fetch_ancestors([bottom]) == chain[-1 - LEVELS : -1]
    assert fetch_replies(bottom) == []


@pytest.mark.parametrize("count", [1, REPLIES - 1, REPLIES, REPLIES + 1, 3 * REPLIES + 7])
def test_pages_visit_every_direct_reply_once(plant_many, count):
    # Each reply has a reply of its own.
    top, *thread = plant_many([0] * count + list(range(1, count + 1)))
    visited, after = [], 0
    while after is not None:
        fetch_replies(top, after)
        assert [tree(reply)[1:] for reply in top.shown_replies] == [
            ((str(int(reply.content) + count),),) for reply in top.shown_replies
        ]
        visited += top.shown_replies
        after = top.more_after

    assert visited == thread[:count]


# What a message answers


def test_ancestors_are_what_a_message_answers_with_the_oldest_first(
    plant, django_assert_num_queries
):
    planted = plant(*THREAD)

    with django_assert_num_queries(QUERIES):
        ancestors = fetch_ancestors([planted["a1x"]])

    assert [message.content for message in ancestors] == ["top", "a", "a1"]
    assert [message.content for message in fetch_ancestors([planted["c1"]])] == ["top", "c"]
    assert fetch_ancestors([planted["top"]]) == []


def test_what_several_messages_answer_is_fetched_at_once(plant, django_assert_num_queries):
    planted = plant(*THREAD)
    other = plant("other", ("reply",))
    some = [planted["a1x"], planted["a2"], planted["top"], other["reply"]]

    with django_assert_num_queries(QUERIES):
        ancestors = fetch_ancestors(some)

    assert [message.content for message in ancestors] == ["top", "a", "a1", "other"]


def test_nothing_is_asked_where_no_message_answers_another(plant, django_assert_num_queries):
    planted = plant(*THREAD)

    with django_assert_num_queries(0):
        assert fetch_ancestors([planted["top"]]) == fetch_ancestors([]) == []


def test_the_nearest_of_what_is_answered_are_fetched(plant_many):
    chain = plant_many(range(40))

    assert fetch_ancestors([chain[-1]], limit=30) == chain[10:40]
    assert len(fetch_ancestors(chain[1:], limit=30)) == 30


# Circles, which the database refuses


def bend(message, parent):
    """Hang a message where the database would not let it hang."""
    connection.check_constraints()  # PostgreSQL alters no table with checks outstanding
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            off, on = (f"PRAGMA ignore_check_constraints = {value}" for value in ("ON", "OFF"))
        else:
            off = "ALTER TABLE messaging_message DROP CONSTRAINT parent_is_older"
            on = "SELECT"  # comes back with the end of the test
        cursor.execute(off)
        cursor.execute(
            "UPDATE messaging_message SET parent_message_id = %s WHERE id = %s",
            [parent.pk, message.pk],
        )
        cursor.execute(on)
    return Message.objects.get(pk=message.pk)


def test_a_message_that_answers_itself_is_shown_once(plant):
    message = plant("top")["top"]
    message = bend(message, message)

    fetch_replies(message)

    assert tree(message) == ("top",)
    assert len(fetch_ancestors([message])) <= LEVELS


@pytest.mark.parametrize(
    ("start", "shown"),
    [
        ("top", ("top", ("a", ("a1",), ("a2",)))),
        ("a", ("a", ("a1", ("top",)), ("a2",))),
        ("a1", ("a1", ("top", ("a",)))),  # of the two replies to "a", one is the start
    ],
)
def test_a_circle_is_gone_round_once(plant, start, shown, django_assert_num_queries):
    planted = plant("top", ("a", ("a1",), ("a2",)))
    bend(planted["top"], planted["a1"])
    message = Message.objects.get(content=start)

    with django_assert_num_queries(QUERIES):
        fetch_replies(message)

    assert tree(message) == shown
    assert len(fetch_ancestors([message])) <= LEVELS


def test_a_circle_within_a_chain_ends(plant_many):
    chain = plant_many(range(50))
    bend(chain[10], chain[40])

    for message in (chain[0], chain[10], chain[30], chain[50]):
        fetch_replies(message)
        assert depth(message) <= LEVELS + 1
        assert len(fetch_ancestors([message])) <= LEVELS


def test_the_pages_of_a_circle_open(plant, alice, browse):
    planted = plant("top", ("a", ("a1",)))
    bend(planted["top"], planted["a1"])

    for message in planted.values():
        address = message.get_absolute_url()
        assert browse(alice).get(address).status_code == 200
        assert browse(alice).get(f"{address}replies/").status_code == 200


# In general

# Each number chooses the parent of one more message among those before it.
FORESTS = st.lists(st.integers(0, 10_000), max_size=160).map(
    lambda numbers: [number % (position + 1) for position, number in enumerate(numbers)]
)


def fits(parents):
    """Whether one response has room for all of such a thread."""
    levels = [0]
    for parent in parents:
        levels.append(levels[parent] + 1)
    widest = max(map(parents.count, parents), default=0)
    return len(parents) <= MESSAGES and widest <= REPLIES and max(levels) <= LEVELS


@settings(max_examples=40)
@given(parents=FORESTS)
@example(parents=[0] * 20 + [n // 4 for n in range(80)])
@example(parents=[0] * 30 + [n // 4 for n in range(120)])
@example(parents=list(range(30)) + [5] * 30)
def test_every_group_of_replies_is_whole_or_closed_and_nothing_is_shown_twice(plant_many, parents):
    thread = plant_many(parents)
    replies = {message.pk: [] for message in thread}
    for message in thread[1:]:
        replies[message.parent_message_id].append(message)
    top = thread[0]

    fetch_replies(top)

    shown = list(shown_below(top))
    assert len(shown) == len({message.pk for message in shown}) <= MESSAGES
    assert depth(top) <= LEVELS + 1
    assert top.shown_replies == replies[top.pk][:REPLIES]
    for message in [top, *shown]:
        whole = replies[message.pk]
        assert message.shown_replies in ([], whole[:REPLIES])
        has_more = bool(message.shown_replies) and len(whole) > REPLIES
        assert message.more_after == (whole[REPLIES - 1].pk if has_more else None)
    if fits(parents):
        assert len(shown) == len(parents)


# What is unread below


def test_unread_messages_count_for_all_that_they_answer(
    plant, write, alice, bob, charlie, django_assert_num_queries
):
    planted = plant(*THREAD)  # all of it written by alice
    write(bob, alice, to=planted["a1x"])
    conversation = planted["top"].conversation

    with django_assert_num_queries(1):
        below = count_unread_below(conversation.pk, bob.pk)

    names = {message.pk: name for name, message in planted.items()}
    assert {names[pk]: count for pk, count in below.items()} == {"top": 7, "a": 3, "a1": 1, "c": 1}
    below = count_unread_below(conversation.pk, alice.pk)
    assert {names[pk]: count for pk, count in below.items()} == dict.fromkeys(
        ["top", "a", "a1", "a1x"], 1
    )
    assert count_unread_below(conversation.pk, charlie.pk) == {}


def test_what_was_read_counts_no_more(plant, bob):
    planted = plant("top", ("a",), ("b",))
    assert count_unread_below(planted["top"].conversation_id, bob.pk)[planted["top"].pk] == 2

    planted["a"].replies.model.objects.filter(pk=planted["a"].pk).mark_read()

    assert count_unread_below(planted["top"].conversation_id, bob.pk)[planted["top"].pk] == 1


def test_counting_unread_messages_ends_somewhere(plant_many, alice):
    chain = plant_many(range(COUNTED_LEVELS + 100))
    below = count_unread_below(chain[0].conversation_id, alice.pk)

    assert below[chain[-2].pk] == 1
    assert max(below.values()) <= 100
    assert sum(below.values()) <= 100 * COUNTED_LEVELS
