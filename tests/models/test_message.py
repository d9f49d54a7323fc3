"""Sending, saving and deleting messages."""

import uuid

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.db.models.signals import post_save

from messaging.models import (
    Conversation,
    Message,
    MessageHistory,
    Notification,
    Participant,
    User,
)


def everything():
    """How many rows there are of each kind."""
    kinds = (Conversation, Participant, Message, MessageHistory, Notification)
    return {kind.__name__: kind.objects.count() for kind in kinds}


# Sending


def test_creating_a_message_is_the_whole_of_sending(alice, bob):
    message = Message.objects.create(sender=alice, receiver=bob, content="Hello")

    assert Message.objects.get().content == "Hello"
    conversation = Conversation.objects.get()
    assert message.conversation == conversation
    assert conversation.version == message.version == 1
    places = conversation.participants.order_by("pk")
    assert [(place.user, place.peer) for place in places] == [(alice, bob), (bob, alice)]
    assert [place.latest_message for place in places] == [message, message]
    assert Notification.objects.get().user == bob


def test_a_new_message_is_neither_read_nor_edited(alice, bob, write):
    message = write(alice, bob)
    message.refresh_from_db()

    assert not message.read
    assert not message.edited


def test_an_instance_that_is_saved_is_sent(alice, bob):
    message = Message(sender=alice, receiver=bob, content="Hello")
    message.save()

    assert everything() == {
        "Conversation": 1,
        "Participant": 2,
        "Message": 1,
        "MessageHistory": 0,
        "Notification": 1,
    }


def test_both_directions_share_one_conversation(alice, bob, charlie, write):
    first = write(alice, bob)

    assert write(bob, alice).conversation == first.conversation
    assert write(alice, charlie).conversation != first.conversation


def test_the_text_is_stored_trimmed_and_composed(alice, bob, write):
    message = write(alice, bob, "  Cafe\u0301\r\n ")
    message.refresh_from_db()

    assert message.content == "Café"


@pytest.fixture
def failing_listener():
    """A listener that fails at the very end of each send."""

    def fail(**kwargs):
        raise RuntimeError("The listener failed")

    post_save.connect(fail, sender=Notification)
    yield
    post_save.disconnect(fail, sender=Notification)


def test_a_send_whose_listener_fails_leaves_nothing(alice, bob, failing_listener):
    with pytest.raises(RuntimeError):
        Message.objects.create(sender=alice, receiver=bob, content="Hello")

    assert set(everything().values()) == {0}


def test_a_reply_whose_listener_fails_leaves_all_as_it_was(alice, bob, write, request):
    first = write(alice, bob)
    before = everything(), Conversation.objects.get().version
    request.getfixturevalue("failing_listener")

    with pytest.raises(RuntimeError):
        write(bob, alice, to=first)

    assert (everything(), Conversation.objects.get().version) == before
    assert {place.latest_message for place in Participant.objects.all()} == {first}


@pytest.mark.parametrize("content", ["", " \n ", "\u200b", "a\0b", "\ud800", "a" * 10_001])
def test_what_is_no_message_is_not_sent(alice, bob, write, content):
    with pytest.raises(ValidationError):
        write(alice, bob, content)

    assert set(everything().values()) == {0}


def test_nobody_writes_to_themselves(alice, write):
    with pytest.raises(ValidationError, match="yourself"):
        write(alice, alice)

    assert set(everything().values()) == {0}


def test_nobody_writes_to_somebody_who_is_gone(alice, bob, write):
    gone = User.objects.get(pk=bob.pk)
    bob.delete()

    with pytest.raises(ValidationError, match="no longer here"):
        write(alice, gone)
    with pytest.raises(ValidationError, match="no longer here"):
        write(gone, alice)

    assert set(everything().values()) == {0}


# Saving


def test_an_old_instance_does_not_carry_old_flags_back(alice, bob, charlie, write):
    parent, message = write(bob, alice), write(alice, bob)
    old = Message.objects.get(pk=message.pk)
    Message.objects.filter(pk=message.pk).mark_read()
    message.parent_message = parent
    message.save(update_fields=["parent_message"])

    old.receiver = charlie
    old.content = "New"
    old.save()

    message.refresh_from_db()
    assert message.content == "New"
    assert message.edited
    assert message.read
    assert message.parent_message == parent
    assert message.receiver == bob


def test_an_old_instance_does_not_make_an_edited_message_unedited(alice, bob, write):
    message = write(alice, bob, "First")
    old = Message.objects.get(pk=message.pk)
    message.edit("Second", version=message.version)

    old.content = "Second"
    old.save()

    message.refresh_from_db()
    assert message.edited


def test_flags_are_saved_where_they_are_asked_for(alice, bob, write):
    message = write(alice, bob, "First")

    message.read = True
    message.content = "Never saved"
    message.save(update_fields=["read"])

    message.refresh_from_db()
    assert message.read
    assert message.content == "First"


def test_saving_no_fields_changes_nothing(alice, bob, write):
    message = write(alice, bob, "First")

    message.content = "Never saved"
    message.save(update_fields=[])

    message.refresh_from_db()
    assert message.content == "First"
    assert Conversation.objects.get().version == 1


@pytest.mark.parametrize("fields", [None, ["content"], ["read"]], ids=str)
def test_saving_does_not_bring_a_deleted_message_back(alice, bob, write, fields):
    message = write(alice, bob)
    old = Message.objects.get(pk=message.pk)
    message.delete()

    old.content = "Back again"
    with pytest.raises((Message.DoesNotExist, DatabaseError)):
        old.save(update_fields=fields)

    assert not Message.objects.exists()
    assert not MessageHistory.objects.exists()
    assert not Notification.objects.exists()


def test_a_message_to_somebody_who_is_gone_is_neither_saved_nor_edited(alice, bob, write):
    message = write(alice, bob, "First")
    bob.delete()

    message.content = "Second"
    with pytest.raises(ValidationError, match="no longer here"):
        message.save()
    with pytest.raises(ValidationError, match="no longer here"):
        message.edit("Second", version=message.version)

    assert set(everything().values()) == {0}


def test_an_edit_that_is_no_message_is_refused(alice, bob, write):
    message = write(alice, bob, "First")

    with pytest.raises(ValidationError):
        message.edit(" ", version=message.version)
    message.content = "a" * 10_001
    with pytest.raises(ValidationError):
        message.save()

    message.refresh_from_db()
    assert message.content == "First"


# Parents


def test_a_reply_hangs_on_its_parent(alice, bob, write):
    parent = write(alice, bob)
    reply = write(bob, alice, to=parent)

    assert list(parent.replies.all()) == [reply]


def refuses_parent(message):
    with pytest.raises(ValidationError, match="no longer in this conversation"):
        message.full_clean()
    with pytest.raises(ValidationError, match="no longer in this conversation"):
        message.save()
    return True


def test_a_parent_of_another_conversation_is_refused(alice, bob, charlie, write):
    foreign = write(alice, charlie)

    assert refuses_parent(
        Message(sender=alice, receiver=bob, content="Hello", parent_message=foreign)
    )


def test_a_removed_parent_is_refused(alice, bob, write):
    parent = write(alice, bob)
    old = Message.objects.get(pk=parent.pk)
    parent.delete()

    assert refuses_parent(Message(sender=bob, receiver=alice, content="Hi", parent_message=old))


def refuses_to_move(message, parent):
    message.parent_message = parent
    with pytest.raises(ValidationError, match="answers an earlier one"):
        message.full_clean()
    with pytest.raises(ValidationError, match="answers an earlier one"):
        message.save(update_fields=["parent_message"])
    message.refresh_from_db()
    return message.parent_message != parent


def test_a_message_is_not_its_own_parent(alice, bob, write):
    message = write(alice, bob)

    assert refuses_to_move(message, message)


def test_parents_do_not_run_in_a_circle(alice, bob, write):
    top = write(alice, bob)
    middle = write(bob, alice, to=top)
    bottom = write(alice, bob, to=middle)

    assert refuses_to_move(top, middle)
    assert refuses_to_move(top, bottom)


def test_an_existing_message_moves_within_its_conversation_only(alice, bob, charlie, write):
    own, foreign, message = write(alice, bob), write(alice, charlie), write(alice, bob)

    message.parent_message = own
    message.save(update_fields=["parent_message"])
    message.parent_message = foreign
    with pytest.raises(ValidationError):
        message.save(update_fields=["parent_message"])

    message.refresh_from_db()
    assert message.parent_message == own


# What the database itself refuses


def execute(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
        connection.check_constraints()  # foreign keys would otherwise wait for the commit


def refused_by_database(sql, *values):
    with pytest.raises(IntegrityError):
        execute(sql, *values)
    return True


def test_the_database_refuses_a_parent_that_is_not_older(alice, bob, write):
    older, newer = write(alice, bob), write(alice, bob)
    sql = "UPDATE messaging_message SET parent_message_id = %s WHERE id = %s"

    assert refused_by_database(sql, newer.pk, older.pk)
    assert refused_by_database(sql, older.pk, older.pk)
    execute(sql, older.pk, newer.pk)


def test_the_database_refuses_a_message_to_oneself(alice, bob, write):
    message = write(alice, bob)

    assert refused_by_database(
        "UPDATE messaging_message SET receiver_id = sender_id WHERE id = %s", message.pk
    )


def test_the_database_refuses_a_text_that_is_too_long(alice, bob, write):
    message = write(alice, bob)
    sql = "UPDATE messaging_message SET content = %s WHERE id = %s"

    execute(sql, "ü" * 10_000, message.pk)
    assert refused_by_database(sql, "ü" * 10_001, message.pk)


def test_the_database_refuses_one_key_twice_from_one_sender(alice, bob, write):
    key = uuid.uuid4()
    write(alice, bob, idempotency_key=key)
    write(bob, alice, idempotency_key=key)
    again = write(alice, bob)

    assert refused_by_database(
        "UPDATE messaging_message SET idempotency_key ="
        " (SELECT idempotency_key FROM messaging_message WHERE sender_id = %s LIMIT 1)"
        " WHERE id = %s",
        bob.pk,
        again.pk,
    )


def test_the_database_refuses_a_message_without_its_people(alice, bob, write):
    message = write(alice, bob)

    for person in ("sender_id", "receiver_id"):
        sql = f"UPDATE messaging_message SET {person} = %s WHERE id = %s"
        assert refused_by_database(sql, 987_654_321, message.pk)


# Deleting


def test_deleting_a_message_takes_its_history_and_notification(alice, bob, write):
    stays, message = write(alice, bob, "Stays"), write(alice, bob, "First")
    stays.edit("Still stays", version=stays.version)
    message.edit("Second", version=message.version)

    assert message.delete() == (
        3,
        {"messaging.Message": 1, "messaging.MessageHistory": 1, "messaging.Notification": 1},
    )

    assert Message.objects.get() == stays
    assert MessageHistory.objects.get().message == stays
    assert Notification.objects.get().message == stays


def test_deleting_the_latest_message_makes_the_one_before_it_the_latest(alice, bob, write):
    first, second = write(alice, bob), write(bob, alice)

    second.delete()
    assert {place.latest_message for place in Participant.objects.all()} == {first}

    first.delete()
    assert {place.latest_message for place in Participant.objects.all()} == {None}


def test_a_message_with_replies_is_not_deleted(alice, bob, write):
    parent = write(alice, bob, "Question")
    parent.edit("Question?", version=parent.version)
    reply = write(bob, alice, "Answer", to=parent)
    before = everything(), Conversation.objects.get().version

    with pytest.raises(ProtectedError):
        parent.delete()
    with pytest.raises(ProtectedError):
        Message.objects.filter(pk=parent.pk).delete()

    assert (everything(), Conversation.objects.get().version) == before
    assert {place.latest_message for place in Participant.objects.all()} == {reply}


def test_a_whole_thread_is_deleted_at_once(alice, bob, write):
    stays = write(alice, bob)
    parent = write(alice, bob)
    write(bob, alice, to=write(alice, bob, to=parent))

    Message.objects.exclude(pk=stays.pk).delete()

    assert Message.objects.get() == stays


# Unread from here


def test_everything_received_since_a_message_counts_as_unread_again(alice, bob, charlie, write):
    before, here, own, after = (
        write(alice, bob),
        write(alice, bob),
        write(bob, alice),
        write(alice, bob),
    )
    foreign = write(charlie, bob)
    Message.objects.update(read=True)
    assert not Message.unread.exists()

    assert here.mark_unread_from_here() == 2

    assert set(Message.unread.all()) == {here, after}
    assert not {before, own, foreign} & set(Message.unread.all())


def test_related_managers_keep_to_the_rules_too(alice, bob, charlie, write):
    ours, foreign = write(alice, bob, "Ours"), write(alice, charlie, "Foreign")

    for add in (ours.replies.add, charlie.sent_messages.add):
        with pytest.raises(ValueError, match="message"):
            add(foreign)

    assert not ours.replies.exists()


@pytest.mark.parametrize("field", ["sender", "receiver_id", "conversation", "version"])
def test_what_ties_a_message_to_its_people_is_not_changed_by_set(field, alice, bob, write):
    message = write(alice, bob)

    with pytest.raises(ValueError, match="never change"):
        Message.objects.update(**{field: 1})
    with pytest.raises(ValueError, match="never change"):
        Message.objects.bulk_update([message], [field])
