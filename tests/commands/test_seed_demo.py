"""manage.py seed_demo: the demo world, and the large one that is written past the models."""

import unicodedata
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from io import StringIO
from itertools import pairwise

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import connection, transaction
from django.urls import reverse
from django.utils import timezone

from messaging import text
from messaging.demo import crowd, play
from messaging.management.commands.seed_demo import Progress
from messaging.models import (
    Conversation,
    Message,
    MessageHistory,
    Notification,
    Participant,
    User,
)
from tests.html import unread_senders

LARGE = {"size": "small", "messages": 600, "hot": 1_200}


def seed(**options):
    """What the command says."""
    output = StringIO()
    call_command("seed_demo", stdout=output, stderr=StringIO(), **options)
    return output.getvalue()


def everything():
    models = [User, Conversation, Participant, Message, MessageHistory, Notification]
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def person(username):
    return User.objects.get(username=username)


# What holds of every world


def make_by_single_sends():
    alice, bob, charlie = (User.objects.create_user(name) for name in ("alice", "bob", "charlie"))
    first = Message.objects.create(sender=alice, receiver=bob, content="Hello")
    reply = Message.objects.create(sender=bob, receiver=alice, content="Hi", parent_message=first)
    Message.objects.create(sender=charlie, receiver=alice, content="Me too")
    reply.edit("Hi!", version=reply.version)
    Message.objects.filter(pk=first.pk).mark_read()


@pytest.mark.django_db
@pytest.mark.parametrize("make", [make_by_single_sends, seed, lambda: seed(**LARGE)])
def test_every_world_is_like_one_of_single_sends(make):
    make()

    assert_is_a_true_world()


def assert_is_a_true_world():
    messages = {message.pk: message for message in Message.objects.order_by("pk")}
    assert_receivers_are_told(messages)
    assert_conversations_know_their_messages(messages)
    assert_replies_answer_older_ones(messages)
    assert_history_belongs_to_edits(messages)
    connection.check_constraints()


def assert_receivers_are_told(messages):
    told = Notification.objects.order_by("message")
    facts = [(n.message_id, n.user_id, n.read) for n in told]
    assert facts == [(m.pk, m.receiver_id, m.read) for m in messages.values()]
    for notification in told:
        sent_at = messages[notification.message_id].timestamp
        assert abs(notification.timestamp - sent_at) < timedelta(seconds=1)


def assert_conversations_know_their_messages(messages):
    said = defaultdict(list)
    for message in messages.values():
        said[message.conversation_id].append(message)
    conversations = Conversation.objects.prefetch_related("participants")
    assert {conversation.pk for conversation in conversations} == set(said)
    for conversation in conversations:
        mine = said[conversation.pk]
        one, other = conversation.participants.all()
        assert (one.user_id, one.peer_id) == (other.peer_id, other.user_id)
        assert all({m.sender_id, m.receiver_id} == {one.user_id, one.peer_id} for m in mine)
        assert one.latest_message_id == other.latest_message_id == mine[-1].pk
        edits = MessageHistory.objects.filter(message__conversation=conversation).count()
        assert conversation.version == max(message.version for message in mine)
        assert conversation.version >= len(mine) + edits
        assert all(a.timestamp <= b.timestamp for a, b in pairwise(mine))
        assert mine[-1].timestamp <= timezone.now()


def assert_replies_answer_older_ones(messages):
    replies = [message for message in messages.values() if message.parent_message_id]
    assert replies
    for reply in replies:
        parent = messages[reply.parent_message_id]
        assert parent.conversation_id == reply.conversation_id
        assert parent.pk < reply.pk


def assert_history_belongs_to_edits(messages):
    history = MessageHistory.objects.all()
    assert {entry.message_id for entry in history} == {m.pk for m in messages.values() if m.edited}
    for entry in history:
        message = messages[entry.message_id]
        assert entry.edited_by_id == message.sender_id
        assert message.timestamp <= entry.edited_at <= timezone.now()
        assert entry.version <= message.version
    contents = [message.content for message in messages.values()]
    assert contents == [text.clean(content) for content in contents]


# The demo world


def test_the_demo_people_can_sign_in_as_the_output_says(db, client):
    assert "Sign in as alice, bob or charlie, password parley-demo\n" in seed()

    for username in ("alice", "bob", "charlie"):
        answer = client.post(
            reverse("login"), {"username": username, "password": "parley-demo"}, follow=True
        )
        assert answer.wsgi_request.user == person(username)
        client.logout()
    assert len(set(User.objects.values_list("time_zone", flat=True))) == 3


def test_it_holds_one_of_everything_there_is_to_see(db, visit):
    seed()

    contents = list(Message.objects.values_list("content", flat=True))
    letters = set("".join(contents))
    assert any(unicodedata.bidirectional(letter) == "AL" for letter in letters)
    assert any(unicodedata.name(letter, "").startswith("CJK") for letter in letters)
    assert "🎉" in letters
    assert any("https://" in content for content in contents)
    assert any(text.fold(content)[1] for content in contents)
    edits = Message.objects.filter(edited=True)
    assert sorted(message.history.count() for message in edits) == [1, 1, 2]
    unread = Message.unread.for_user(person("alice"))
    assert {message.sender.username for message in unread} == {"bob", "charlie"}
    assert sum(message.parent_message_id is not None for message in unread) == 1
    assert len(unread_senders(visit(person("alice"), "inbox"))) == len(unread) == 5


def test_a_thread_is_five_levels_deep_and_branches(db):
    seed()

    depth, branches = {}, set()
    for message in Message.objects.order_by("pk"):
        depth[message.pk] = 1 + depth.get(message.parent_message_id, -1)
        if message.replies.count() > 1:
            branches.add(depth[message.pk])
    assert max(depth.values()) == 5
    assert len(branches) > 2


@pytest.mark.parametrize("hour", range(24))
def test_at_any_hour_nobody_speaks_later_than_now_or_sooner_than_asked(hour):
    now = datetime(2030, 3, 1, hour, 30, tzinfo=UTC)

    lines = [line for pair in play.PAIRS for line in play.lines(pair, now)]

    assert all(line.time < now for line in lines)
    assert all(line.answers.time < line.time for line in lines if line.answers)
    assert len({line.time for line in lines}) == len(lines)
    for line in lines:
        times = [line.time, *(edited_at for edited_at, _ in line.edits)]
        assert times == sorted(times)


def test_a_second_time_changes_nothing_and_says_so(db):
    seed()
    before = everything()

    said = seed()

    assert everything() == before
    assert "here already" in said
    assert "Sign in as alice, bob or charlie, password parley-demo\n" in said


def test_somebody_elses_alice_is_left_alone(alice, charlie, write):
    write(alice, charlie)
    before = everything()

    said = seed()

    assert everything() == before
    assert said == (
        "No demo world: somebody else here is called alice or charlie. Nothing was changed.\n"
    )


def test_demo_people_may_change_their_password_or_leave(db):
    seed()
    alice = person("alice")
    alice.set_password("my own now")
    alice.save()
    person("bob").delete()
    before = everything()

    said = seed()

    assert everything() == before
    assert "Sign in as charlie, password parley-demo\n" in said


# The large world


def written_with(username):
    place = person(username).participations.get()
    return place.conversation.messages.order_by("pk")


def test_the_large_world_has_its_extreme_shapes(db):
    said = seed(**LARGE)

    assert "3 people, 86 messages" in said
    assert written_with("user00001").count() == 1_200
    top, *replies = written_with("user00003")
    assert len(replies) == 1_200
    assert {reply.parent_message for reply in replies} == {top}
    chain = list(written_with("user00005"))
    assert len(chain) == 1 + 60
    assert [message.parent_message for message in chain] == [None, *chain[:-1]]
    debate = list(written_with("user00007"))
    assert len(debate) == 1 + 12
    assert sum(message.parent_message_id is None for message in debate) == 1
    assert Message.unread.received_by(person("user00009")).count() == 120
    assert Message.objects.count() == 86 + 600 + 1_200 + 1_201 + 61 + 13 + 120


def test_the_large_world_goes_on_like_any_other(db, write):
    seed(**LARGE)
    newest = Message.objects.latest("pk")
    version = written_with("user00001").latest("pk").conversation.version

    message = write(person("user00002"), person("user00001"))

    assert message.pk > newest.pk
    assert message.version == version + 1
    assert person("user00001").participations.get().latest_message == message


def test_the_same_seed_makes_the_same_world(db):
    seed()

    def world(number):
        with transaction.atomic():
            seed(**LARGE, seed=number)
            made = [
                (m.sender.username, m.content, m.parent_message and m.pk - m.parent_message.pk)
                for m in Message.objects.filter(sender__username__startswith="user")
                .select_related("sender", "parent_message")
                .order_by("pk")
            ]
            transaction.set_rollback(True)
        return made

    assert world(7) == world(7)
    assert world(7) != world(8)


def test_a_second_large_world_is_refused(db):
    seed(**LARGE)
    before = everything()

    with pytest.raises(CommandError, match="here already"):
        seed(**LARGE)

    assert everything() == before


def test_whoever_stops_it_keeps_a_smaller_but_true_world(db, monkeypatch):
    monkeypatch.setattr(crowd, "BATCH", 500)

    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        crowd.Crowd(ordinary=900, hot=100, seed=1).make(stop)

    assert Message.objects.count() == 500
    assert_is_a_true_world()


# How far it is


class Terminal(StringIO):
    def isatty(self):
        return True


def test_progress_is_a_bar_on_a_terminal_and_ends_its_line():
    stream = Terminal()
    progress = Progress(200, OutputWrapper(stream))

    progress(100)
    progress(200)

    half, whole = stream.getvalue().split("\r")[1:]
    assert half.startswith(f"[{'#' * 25}{' ' * 25}]  50%")
    assert whole.startswith(f"[{'#' * 50}] 100%")
    assert stream.getvalue().count("\n") == 1


def test_progress_is_a_line_per_tenth_elsewhere():
    stream = StringIO()
    progress = Progress(1_000, OutputWrapper(stream))

    for done in range(1, 1_001):
        progress(done)

    percents = [line.split("%")[0].strip() for line in stream.getvalue().splitlines()]
    assert percents == [str(percent) for percent in range(10, 101, 10)]
