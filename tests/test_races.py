"""Two people, or two tabs, at the same moment: nothing is lost, nothing twice, nobody is stuck.

Each thread has a connection of its own, to a real database file or server.
"""

import uuid
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.core.exceptions import ValidationError
from django.db import OperationalError, connection, models, transaction
from django.db.models import F, ProtectedError, Q
from django.db.models.signals import pre_save

from messaging.models import (
    Conversation,
    Message,
    MessageHistory,
    Notification,
    Participant,
    StaleVersion,
    User,
)

pytestmark = pytest.mark.django_db(transaction=True)

ROUNDS = range(10)


def at_once(*actions):
    """Do all of these in threads that start together. What each returned or raised, in order."""
    start = Barrier(len(actions))

    def do(action):
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return action()
        except Exception as error:
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(len(actions)) as threads:
        return list(threads.map(do, actions))


def texts(message):
    """Everything that a message ever said, in order."""
    message = Message.objects.get(pk=message.pk)
    return [*message.history.values_list("old_content", flat=True), message.content]


def assert_whole():
    """What holds of all rows together, whatever was written in which order."""
    connection.check_constraints()
    for message in Message.objects.all():
        assert message.notifications.get().user_id == message.receiver_id
    for conversation in Conversation.objects.all():
        assert conversation.participants.count() == 2
        newest = conversation.messages.order_by("pk").last()
        assert {place.latest_message for place in conversation.participants.all()} == {newest}
    assert not Message.objects.filter(version__gt=F("conversation__version")).exists()


# Sending


def test_two_first_messages_at_once_make_one_conversation(alice, bob, write):
    for _ in ROUNDS:
        sent = at_once(
            lambda: write(alice, bob, "From alice"), lambda: write(bob, alice, "From bob")
        )

        assert [message.content for message in sent] == ["From alice", "From bob"]
        conversation = Conversation.objects.get()
        assert {message.conversation for message in sent} == {conversation}
        assert conversation.version == 2
        assert_whole()

        Message.objects.all().delete()
        Participant.objects.all().delete()
        Conversation.objects.all().delete()


def test_messages_sent_at_once_all_arrive_each_with_a_version_of_its_own(alice, bob, write):
    write(alice, bob)

    sent = at_once(*[lambda n=n: write(alice, bob, f"Message {n}") for n in range(20)])

    assert {message.content for message in sent} == {f"Message {n}" for n in range(20)}
    assert sorted(message.version for message in sent) == list(range(2, 22))
    assert Conversation.objects.get().version == 21
    assert_whole()


def test_a_form_sent_five_times_at_once_sends_one_message(alice, bob):
    for _ in ROUNDS:
        key = uuid.uuid4()
        form = {"sender": alice, "receiver": bob, "content": f"Hello {key}"}

        sent = at_once(*[lambda form=form, key=key: Message.objects.send(key, **form)] * 5)

        assert set(sent) == {Message.objects.get(content=form["content"])}
    assert_whole()


def test_crossing_sets_of_messages_do_not_block_each_other(alice, bob, charlie, write):
    people = [alice, bob, charlie]
    pairs = [(one, other) for one in people for other in people if one != other]
    for one, other in pairs:
        write(one, other)

    def send(pairs):
        Message.objects.bulk_create(
            Message(sender=one, receiver=other, content="Hello") for one, other in pairs
        )

    for _ in ROUNDS:
        done = at_once(
            lambda: send(pairs),
            lambda: send(pairs[::-1]),
            lambda: Message.objects.mark_read(),
            lambda: Message.objects.mark_unread(),
        )
        assert [error for error in done if isinstance(error, Exception)] == []
    assert_whole()


# Editing


def test_fifty_edits_at_once_leave_every_text_in_the_history_in_order(alice, bob, write):
    message = write(alice, bob, "0")

    def edit(text):
        copy = Message.objects.get(pk=message.pk)
        copy.content = text
        copy.save()
        return copy

    edits = at_once(*[lambda n=n: edit(str(n)) for n in range(1, 51)])

    # The versions say in which order the edits came.
    in_order = [copy.content for copy in sorted(edits, key=lambda copy: copy.version)]
    assert texts(message) == ["0", *in_order]
    assert sorted(in_order, key=int) == [str(n) for n in range(1, 51)]
    assert Message.objects.get().edited
    assert Conversation.objects.get().version == 51
    assert_whole()


def test_of_two_edits_from_the_same_version_one_is_stale(alice, bob, write):
    message = write(alice, bob, "Start")

    def edit(text, version):
        Message.objects.get(pk=message.pk).edit(text, version=version)

    for number in ROUNDS:
        version = Message.objects.get().version

        done = at_once(
            lambda n=number, version=version: edit(f"One {n}", version),
            lambda n=number, version=version: edit(f"Other {n}", version),
        )

        assert {type(result) for result in done} == {type(None), StaleVersion}
        assert len(texts(message)) == number + 2
    assert_whole()


def test_an_edit_and_a_reading_at_once_both_stay(alice, bob, write):
    for _ in ROUNDS:
        message = write(alice, bob, "Before")

        done = at_once(
            lambda message=message: message.edit("After", version=message.version),
            lambda message=message: Message.objects.filter(pk=message.pk).mark_read(),
        )

        assert done == [None, 1]
        assert texts(message) == ["Before", "After"]
        message.refresh_from_db()
        assert message.read
        assert message.edited
        assert not Notification.objects.unread().exists()
    assert_whole()


def without_waiting(action):
    """Do this in another thread; where it would have to wait, it fails at once."""

    def do():
        with connection.cursor() as cursor:
            impatient = {"sqlite": "PRAGMA busy_timeout = 0", "postgresql": "SET lock_timeout = 1"}
            cursor.execute(impatient[connection.vendor])
        return action()

    return at_once(do)[0]


def test_nobody_writes_between_the_history_and_the_text_that_it_is_about(alice, bob, write):
    message = write(alice, bob, "First")
    plain = models.QuerySet(Message).filter(pk=message.pk)
    outcomes = []

    def slip_in(**kwargs):  # called after our own listener, before the text is written
        outcomes.append(without_waiting(lambda: plain.update(content="Slipped in")))

    pre_save.connect(slip_in, sender=Message)
    try:
        message.edit("Second", version=message.version)
    finally:
        pre_save.disconnect(slip_in, sender=Message)

    assert [type(outcome) for outcome in outcomes] == [OperationalError]
    assert texts(message) == ["First", "Second"]
    assert without_waiting(lambda: plain.update(content="Afterwards")) == 1


# Removing


def test_a_reply_and_the_removal_of_its_parent_at_once(alice, bob, write):
    for _ in ROUNDS:
        parent = write(alice, bob, "Question")

        reply, removal = at_once(
            lambda parent=parent: write(bob, alice, "Answer", to=parent),
            lambda parent=parent: Message.objects.filter(pk=parent.pk).delete(),
        )

        if isinstance(reply, Message):
            assert isinstance(removal, ProtectedError)
            assert reply.parent_message == Message.objects.get(pk=parent.pk)
        else:
            assert isinstance(reply, ValidationError)
            assert not Message.objects.filter(pk=parent.pk).exists()
    assert_whole()


def test_an_edit_and_the_removal_of_its_message_at_once(alice, bob, write):
    for _ in ROUNDS:
        message = write(alice, bob, "Before")

        edit, _removal = at_once(
            lambda message=message: message.edit("After", version=message.version),
            lambda message=message: Message.objects.filter(pk=message.pk).delete(),
        )

        assert edit is None or isinstance(edit, Message.DoesNotExist)
        assert not Message.objects.exists()
        assert not MessageHistory.objects.exists()


def leave(person):
    return lambda: User.objects.get(pk=person.pk).delete()


def is_clear(result):
    """Whether it worked, or was refused in words."""
    return not isinstance(result, Exception) or isinstance(result, ValidationError)


@pytest.mark.parametrize("delete", ["instance", "queryset"])
def test_sending_to_somebody_who_is_leaving_works_or_is_refused_in_words(alice, write, delete):
    for number in ROUNDS:
        leaving = User.objects.create_user(f"leaving-{number}")
        if number % 2:
            write(alice, leaving)
        people = User.objects.filter(pk=leaving.pk)

        *sent, gone = at_once(
            lambda leaving=leaving: write(alice, leaving, "Are you there?"),
            lambda leaving=leaving: write(leaving, alice, "Goodbye"),
            lambda leaving=leaving: Message.objects.bulk_create(
                [Message(sender=alice, receiver=leaving, content="All at once")]
            ),
            people.delete if delete == "queryset" else people.get().delete,
        )

        assert [result for result in sent if not is_clear(result)] == []
        assert not isinstance(gone, Exception)
        assert not people.exists()
        assert not Message.objects.filter(Q(sender=leaving) | Q(receiver=leaving)).exists()
        assert not Conversation.objects.exists()
        connection.check_constraints()


def test_several_people_are_deleted_while_they_write_to_each_other(alice, write):
    for number in ROUNDS:
        one, other = (User.objects.create_user(f"{name}-{number}") for name in ("one", "other"))
        people = User.objects.filter(pk__in=[one.pk, other.pk])

        *sent, gone = at_once(
            lambda one=one, other=other: write(one, other),
            lambda one=one, other=other: write(other, one),
            lambda other=other: write(alice, other),
            people.delete,
        )

        assert [result for result in sent if not is_clear(result)] == []
        assert not isinstance(gone, Exception)
        assert list(User.objects.all()) == [alice]
        assert not Conversation.objects.exists()
        connection.check_constraints()


def test_reading_and_editing_while_the_other_person_leaves(alice, write):
    for number in ROUNDS:
        leaving = User.objects.create_user(f"leaving-{number}")
        message = write(alice, leaving, "Before")
        Message.objects.bulk_create(
            Message(sender=leaving, receiver=alice, content=str(n)) for n in range(50)
        )

        *done, gone = at_once(
            lambda message=message: message.edit("After", version=message.version),
            lambda: Message.objects.received_by(alice).mark_read(),
            lambda: Message.objects.received_by(alice).mark_unread(),
            lambda: Message.objects.received_by(alice).update(read=True),
            leave(leaving),
        )

        assert [result for result in done if not is_clear(result)] == []
        assert not isinstance(gone, Exception)
        assert not Message.objects.exists()
        assert not MessageHistory.objects.exists()
        connection.check_constraints()


def test_a_person_who_leaves_waits_for_whoever_writes_before_anything_is_removed(alice, bob, write):
    """Each would else hold rows that the other needs next."""
    write(alice, bob)
    removed = []

    def note(execute, sql, *args):
        if sql.startswith('DELETE FROM "messaging_'):
            removed.append(sql.split('"')[1])
        return execute(sql, *args)

    def leave():
        with connection.execute_wrapper(note):
            User.objects.get(pk=alice.pk).delete()

    with transaction.atomic():
        Conversation.objects.advance()  # as every writer begins
        assert isinstance(without_waiting(leave), OperationalError)
    of_conversation = {"messaging_message", "messaging_messagehistory", "messaging_notification"}
    assert not of_conversation & set(removed)

    assert without_waiting(leave) is None
    assert of_conversation < set(removed)


def test_two_people_who_talk_leave_at_once(alice, write):
    for number in ROUNDS:
        one, other = (User.objects.create_user(f"{name}-{number}") for name in ("one", "other"))
        write(one, other, to=write(other, one))
        write(one, alice)

        done = at_once(leave(one), leave(other))

        assert [error for error in done if isinstance(error, Exception)] == []
        assert list(User.objects.all()) == [alice]
        assert not Conversation.objects.exists()
        connection.check_constraints()


# People


@pytest.mark.parametrize("way", ["save", "update"])
def test_a_new_name_while_messages_arrive(alice, bob, write, way):
    write(alice, bob)

    def rename(name):
        if way == "update":
            return User.objects.filter(pk=alice.pk).update(display_name=name)
        person = User.objects.get(pk=alice.pk)
        person.display_name = name
        return person.save()

    for number in ROUNDS:
        done = at_once(
            lambda: write(alice, bob),
            lambda n=number: rename(f"Alice {n}"),
            lambda: write(bob, alice),
            lambda n=number: rename(f"Alice {n}"),
        )
        assert [error for error in done if isinstance(error, Exception)] == []

    assert Conversation.objects.get().version == 1 + 4 * len(ROUNDS)
    assert_whole()


def test_of_two_people_who_take_the_same_name_at_once_one_gets_it(db):
    for number in ROUNDS:
        done = at_once(
            lambda n=number: User.objects.create_user(f"Name-{n}"),
            lambda n=number: User.objects.create_user(f"name-{n}"),
        )

        assert len([person for person in done if isinstance(person, User)]) == 1
        assert User.objects.named(f"NAME-{number}").count() == 1
