"""Notifications: exactly one per message, and always in step with it."""

import pytest
from django.db import IntegrityError, transaction

from messaging.models import Message, Notification


def unread_notifications():
    """The messages of the notifications that are not read."""
    return {notification.message for notification in Notification.objects.unread()}


def test_each_message_notifies_its_receiver_once(alice, bob, write):
    first = write(alice, bob)
    reply = write(bob, alice, to=first)

    told = [(n.user, n.message, n.read) for n in Notification.objects.order_by("pk")]
    assert told == [(bob, first, False), (alice, reply, False)]


def test_bulk_created_messages_notify_once_each(alice, bob):
    messages = Message.objects.bulk_create(
        Message(sender=alice, receiver=bob, content=str(n), read=n == 0) for n in range(3)
    )

    assert [n.message for n in bob.notifications.order_by("pk")] == messages
    assert unread_notifications() == set(messages[1:])


def test_an_edit_notifies_nobody(alice, bob, write):
    message = write(alice, bob, "First")

    message.edit("Second", version=message.version)
    message.content = "Third"
    message.save()
    message.save(update_fields=["content"])

    assert message.history.count() == 2
    assert Notification.objects.count() == 1


def test_a_send_that_is_rolled_back_notifies_nobody(alice, bob, write):
    with transaction.atomic():
        write(alice, bob)
        assert Notification.objects.exists()
        transaction.set_rollback(True)

    assert not Notification.objects.exists()
    assert not Message.objects.exists()


def test_the_database_refuses_a_second_notification_of_a_message(alice, bob, write):
    message = write(alice, bob)

    with pytest.raises(IntegrityError), transaction.atomic():
        Notification.about(message).save()


# Reading


def set_by_mark_read(message):
    Message.objects.filter(pk=message.pk).mark_read()


def set_by_update(message):
    Message.objects.filter(pk=message.pk).update(read=True)


def set_by_bulk_update(message):
    message.read = True
    Message.objects.bulk_update([message], ["read"])


def set_by_save(message):
    message.read = True
    message.save(update_fields=["read"])


READ = [set_by_mark_read, set_by_update, set_by_bulk_update, set_by_save]


@pytest.mark.parametrize("mark_read", READ)
def test_reading_a_message_reads_its_notification(alice, bob, write, mark_read):
    message, other = write(alice, bob), write(alice, bob)
    assert unread_notifications() == {message, other}

    mark_read(message)

    message.refresh_from_db()
    assert message.read
    assert unread_notifications() == {other}


def test_unread_messages_have_unread_notifications_again(alice, bob, write):
    messages = [write(alice, bob) for _ in range(4)]
    Message.objects.mark_read()
    assert unread_notifications() == set()

    Message.objects.filter(pk=messages[0].pk).mark_unread()
    Message.objects.filter(pk=messages[1].pk).update(read=False)
    messages[2].read = False
    Message.objects.bulk_update(messages[2:3], ["read"])
    messages[3].save(update_fields=["read"])

    assert unread_notifications() == set(messages)


def test_reading_notifications_leaves_the_messages_unread(alice, bob, write):
    write(alice, bob)
    write(alice, bob)

    assert bob.notifications.mark_read() == 2
    assert bob.notifications.mark_read() == 0

    assert unread_notifications() == set()
    assert Message.unread.count() == 2


# The list


def test_the_list_shows_the_newest_first_in_one_query_without_texts(
    alice, bob, write, django_assert_num_queries
):
    messages = [write(alice, bob) for _ in range(3)]

    with django_assert_num_queries(1):
        newest = list(bob.notifications.newest())
        assert [notification.message.sender.name for notification in newest] == ["Alice Moreau"] * 3
        assert [notification.message for notification in newest] == messages[::-1]
    assert newest[0].message.get_deferred_fields() == {"content"}
