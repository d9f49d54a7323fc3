"""The querysets: what a reader asks, and writes by set with all that follows from them."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import OuterRef

from messaging.managers import CappedCount, prefetch_latest_edits
from messaging.models import Conversation, Message, Notification, Participant, User


def versions():
    """The version of each conversation, by its people."""
    return {
        frozenset(place.user.username for place in conversation.participants.all()): (
            conversation.version
        )
        for conversation in Conversation.objects.all()
    }


def between(*names):
    return frozenset(names)


# Every way of writing takes each conversation that it touches one version further


def save(messages):
    messages[0].content = "New"
    messages[0].save()


def save_the_content_alone(messages):
    messages[0].content = "New"
    messages[0].save(update_fields=["content"])


def save_a_flag(messages):
    messages[0].read = True
    messages[0].save(update_fields=["read"])


def edit(messages):
    messages[0].edit("New", version=messages[0].version)


def delete_one(messages):
    messages[0].delete()


def send_one(messages):
    first = messages[0]
    Message.objects.create(sender=first.receiver, receiver=first.sender, content="New")


def update(messages):
    Message.objects.filter(pk__in=[message.pk for message in messages]).update(read=True)


def mark_read(messages):
    Message.unread.filter(pk__in=[message.pk for message in messages]).mark_read()


def mark_read_as_received(messages):
    messages[0].receiver.received_messages.filter(sender=messages[0].sender).mark_read()


def bulk_update(messages):
    for message in messages:
        message.read = True
    Message.objects.bulk_update(messages, ["read"])


def bulk_update_in_batches(messages):
    for message in messages:
        message.read = True
    Message.objects.bulk_update(messages, ["read"], batch_size=1)


def bulk_create(messages):
    Message.objects.bulk_create(
        Message(sender=message.sender, receiver=message.receiver, content="New")
        for message in messages
    )


def delete(messages):
    Message.objects.filter(pk__in=[message.pk for message in messages]).delete()


TO_ONE = [
    *(save, save_the_content_alone, save_a_flag, edit, delete_one, send_one),
    mark_read_as_received,
]
TO_A_SET = [update, mark_read, bulk_update, bulk_update_in_batches, bulk_create, delete]


@pytest.fixture
def messages(alice, bob, charlie, write):
    """Three from alice to bob, two from alice to charlie; bob and charlie talk beside."""
    write(bob, charlie)
    return [*(write(alice, bob) for _ in range(3)), *(write(alice, charlie) for _ in range(2))]


@pytest.mark.parametrize("change", TO_ONE)
def test_writing_one_message_takes_its_conversation_one_version_further(messages, change):
    assert versions() == {
        between("alice", "bob"): 3,
        between("alice", "charlie"): 2,
        between("bob", "charlie"): 1,
    }

    change(messages)

    assert versions() == {
        between("alice", "bob"): 4,
        between("alice", "charlie"): 2,
        between("bob", "charlie"): 1,
    }


@pytest.mark.parametrize("change", TO_A_SET)
def test_writing_a_set_takes_each_of_its_conversations_one_version_further(messages, change):
    change(messages)

    assert versions() == {
        between("alice", "bob"): 4,
        between("alice", "charlie"): 3,
        between("bob", "charlie"): 1,
    }


@pytest.mark.parametrize("change", [*TO_ONE, *TO_A_SET])
def test_a_changed_message_has_the_version_of_its_conversation(messages, change):
    before = dict(Message.objects.values_list("pk", "version"))

    change(messages)

    for message in Message.objects.select_related("conversation"):
        if message.version != before.get(message.pk):
            assert message.version == message.conversation.version


@pytest.mark.parametrize("change", [save, save_a_flag, edit, update, bulk_update, bulk_create])
def test_a_change_is_seen_as_newer_than_all_before(messages, change):
    newest = Message.objects.order_by("-version").first().version
    conversation = messages[0].conversation

    change(messages)

    assert conversation.messages.filter(version__gt=newest).exists()


def test_reading_a_hundred_messages_is_one_version_and_few_queries(
    alice, bob, write, django_assert_max_num_queries
):
    write(bob, alice)
    Message.objects.bulk_create(
        Message(sender=bob, receiver=alice, content=str(n)) for n in range(100)
    )
    assert versions() == {between("alice", "bob"): 2}

    with django_assert_max_num_queries(7):
        assert Message.objects.received_by(alice).mark_read() == 101

    assert versions() == {between("alice", "bob"): 3}
    assert set(Message.objects.values_list("version", flat=True)) == {3}


def test_what_changes_nothing_is_no_new_version(messages):
    before = versions()

    assert Message.objects.none().mark_read() == 0
    assert Message.objects.mark_unread() == 0
    messages[0].edit(messages[0].content, version=messages[0].version)
    assert Message.objects.none().delete() == (0, {})
    assert Message.objects.bulk_create([]) == []
    assert Message.objects.bulk_update([], ["read"]) == 0

    assert versions() == before


def test_a_change_that_is_rolled_back_is_no_new_version(messages):
    before = versions()

    with transaction.atomic():
        Message.objects.mark_read()
        assert versions() != before
        transaction.set_rollback(True)

    assert versions() == before


# Creating many at once


def test_bulk_created_messages_are_sent_like_others(alice, bob, charlie, write):
    parent = write(bob, alice)

    sent = Message.objects.bulk_create(
        [
            Message(sender=alice, receiver=bob, content=" Reply ", parent_message=parent),
            Message(sender=charlie, receiver=alice, content="Hello"),
            Message(sender=alice, receiver=charlie, content="Hello yourself"),
        ]
    )

    assert [message.content for message in parent.replies.all()] == ["Reply"]
    assert versions() == {between("alice", "bob"): 2, between("alice", "charlie"): 1}
    assert set(Notification.objects.values_list("message", flat=True)) == {
        parent.pk,
        *(message.pk for message in sent),
    }
    latest = {place.user.username: place.latest_message for place in Participant.objects.all()}
    assert latest["bob"] == sent[0]
    assert latest["charlie"] == sent[2]


def test_bulk_create_costs_the_same_for_any_number(alice, bob, write, django_assert_num_queries):
    write(alice, bob)
    for number in (1, 50):
        with django_assert_num_queries(10):
            Message.objects.bulk_create(
                Message(sender=alice, receiver=bob, content=str(n)) for n in range(number)
            )


def test_a_bulk_create_with_one_message_that_cannot_be_sent_sends_none(alice, bob, charlie, write):
    foreign = write(bob, charlie)
    gone = User.objects.create_user("dave")
    remembered = User.objects.get(pk=gone.pk)
    gone.delete()
    good = {"sender": alice, "receiver": bob, "content": "Hello"}

    for bad in (
        {"content": " "},
        {"content": "a" * 10_001},
        {"parent_message": foreign},
        {"receiver": alice},
        {"receiver": remembered},
        {"sender": remembered},
    ):
        with pytest.raises(ValidationError), transaction.atomic():
            Message.objects.bulk_create([Message(**good), Message(**good | bad)])

    assert Message.objects.get() == foreign
    assert Conversation.objects.count() == 1


def test_messages_are_not_created_over_existing_ones(alice, bob, write):
    message = write(alice, bob)

    with pytest.raises(ValueError, match="over existing"):
        Message.objects.bulk_create([message], ignore_conflicts=True)
    with pytest.raises(ValueError, match="over existing"):
        Message.objects.bulk_create(
            [message], update_conflicts=True, update_fields=["read"], unique_fields=["pk"]
        )


# Updating many at once


def test_bulk_update_passes_over_messages_that_are_gone(messages):
    gone = messages.pop(0)
    Message.objects.get(pk=gone.pk).delete()
    write_back = [gone, *messages]
    for message in write_back:
        message.read = True

    assert Message.objects.bulk_update(write_back, ["read"]) == 4

    assert not Message.objects.filter(pk=gone.pk).exists()
    assert Message.objects.filter(read=True).count() == 4


def test_bulk_update_passes_over_a_conversation_that_is_gone(messages, charlie):
    to_charlie = messages[3:]
    charlie.delete()
    for message in messages:
        message.read = True

    assert Message.objects.bulk_update(messages, ["read"]) == 3
    assert not Message.objects.filter(pk__in=[m.pk for m in to_charlie]).exists()


def test_bulk_update_keeps_to_its_queryset(messages, bob):
    for message in messages:
        message.read = True

    assert bob.received_messages.bulk_update(messages, ["read"]) == 3

    assert set(Message.objects.filter(read=True)) == set(messages[:3])
    assert versions()[between("alice", "charlie")] == 2


def test_a_set_of_messages_cannot_be_hung_elsewhere(messages):
    messages[1].parent_message = messages[0]

    with pytest.raises(ValueError, match="parent"):
        Message.objects.bulk_update(messages, ["read", "parent_message"])
    with pytest.raises(ValueError, match="parent"):
        Message.objects.update(parent_message=messages[0])

    assert not Message.objects.exclude(parent_message=None).exists()


# Sending once


def test_a_form_that_is_sent_twice_sends_one_message(alice, bob):
    key = uuid.uuid4()
    form = {"sender": alice, "receiver": bob, "content": "Hello"}

    first = Message.objects.send(key, **form)

    assert Message.objects.send(key, **form) == first
    assert Message.objects.get().content == "Hello"
    assert Notification.objects.count() == 1
    assert versions() == {between("alice", "bob"): 1}


def test_a_form_that_says_something_else_sends_another_message(alice, bob, charlie):
    key = uuid.uuid4()
    first = Message.objects.send(key, sender=alice, receiver=bob, content="Hello")

    Message.objects.send(key, sender=alice, receiver=bob, content="Hello again")
    Message.objects.send(key, sender=alice, receiver=charlie, content="Hello")
    Message.objects.send(key, sender=alice, receiver=bob, content="Hello", parent_message=first)
    Message.objects.send(key, sender=bob, receiver=alice, content="Hello")

    assert Message.objects.count() == 5


def test_a_form_without_a_key_sends_each_time(alice, bob):
    for _ in range(2):
        Message.objects.send(None, sender=alice, receiver=bob, content="Hello")

    assert Message.objects.count() == 2


# Asking


def test_people_see_what_they_sent_and_received(alice, bob, charlie, write):
    sent, received, foreign = write(alice, bob), write(charlie, alice), write(bob, charlie)

    assert set(Message.objects.visible_to(alice)) == {sent, received}
    assert set(Message.objects.received_by(alice)) == {received}
    assert set(Message.objects.visible_to(charlie)) == {received, foreign}


def test_roots_are_the_messages_that_answer_none(alice, bob, write):
    root = write(alice, bob)
    write(bob, alice, to=root)

    assert list(Message.objects.roots()) == [root]


def test_messages_for_display_take_two_queries_for_any_number(
    alice, bob, write, django_assert_num_queries
):
    message = write(alice, bob, "First")
    for _ in range(3):
        write(bob, alice, to=message)
    message.replies.first().edit("Edited", version=99)
    message.edit("Second", version=message.version)
    message.edit("Third", version=message.version)
    Message.objects.filter(pk=message.replies.first().pk).mark_read()

    with django_assert_num_queries(2):
        shown, *replies = found = list(Message.objects.for_display().order_by("pk"))
        prefetch_latest_edits(found)
        assert shown.reply_count == 3
        assert [edit.version for edit in shown.latest_edit] == [shown.version]
        assert [edit.get_deferred_fields() for edit in shown.latest_edit] == [{"old_content"}]
        assert [len(reply.latest_edit) for reply in replies if reply.edited] == [1]
        assert {reply.sender.name for reply in replies} == {"Bob Tanaka"}


# Counting


def test_counts_stop_at_a_hundred(alice, bob, write):
    message = write(alice, bob)
    replies = Message.objects.filter(parent_message=OuterRef("pk"))

    def count():
        return Message.objects.annotate(n=CappedCount(replies)).get(pk=message.pk).n

    for number in (0, 99, 100, 130):
        missing = number - message.replies.count()
        Message.objects.bulk_create(
            Message(sender=bob, receiver=alice, content="Hi", parent_message=message)
            for _ in range(missing)
        )
        assert count() == min(number, 100)
        assert User.objects.with_unread().get(pk=alice.pk).unread_count == min(number, 100)


# Unread messages


def test_unread_messages_are_the_ones_not_yet_read(alice, bob, charlie, write):
    first, second = write(alice, bob), write(charlie, bob)
    read, own = write(alice, bob), write(bob, alice)
    Message.objects.filter(pk=read.pk).mark_read()

    assert list(Message.unread.for_user(bob)) == [second, first]
    assert list(Message.unread.for_user(alice)) == [own]
    assert list(Message.unread.for_user(charlie)) == []
    assert set(Message.unread.all()) == {first, second, own}


def test_unread_messages_load_what_the_inbox_shows_and_no_more_in_one_query(
    alice, bob, write, django_assert_num_queries
):
    for _ in range(5):
        write(alice, bob, to=write(alice, bob))

    with django_assert_num_queries(1):
        unread = list(Message.unread.for_user(bob))
        assert len(unread) == 10
        for message in unread:
            assert message.content == "Hello"
            assert message.sender.name == "Alice Moreau"
            assert message.timestamp
            assert message.get_absolute_url()
            assert isinstance(message.parent_message_id, int | None)

    loaded = {"id", "content", "timestamp", "parent_message_id", "sender_id"}
    columns = {field.attname for field in Message._meta.concrete_fields}
    assert unread[0].get_deferred_fields() == columns - loaded
    columns = {field.attname for field in User._meta.concrete_fields}
    assert unread[0].sender.get_deferred_fields() == columns - {"id", "username", "display_name"}
