"""The listeners, where something else than a plain save sets them off, or must not."""

import json
from collections import Counter

import pytest
from django.core.management import call_command
from django.db import transaction
from django.db.models.signals import post_delete, post_save, pre_save

from messaging import signals
from messaging.models import Conversation, Message, MessageHistory, Notification, User


def test_each_listener_is_connected_once_and_to_its_model_alone():
    expected = [
        (post_save, Message, signals.notify_receiver),
        (pre_save, Message, signals.keep_history),
        (post_delete, User, signals.clean_up_after_person),
    ]
    ours = {listener for *_, listener in expected}
    for signal, model, listener in expected:
        connected, _ = signal._live_receivers(model)
        assert [function for function in connected if function in ours] == [listener]
        elsewhere, _ = signal._live_receivers(Notification)
        assert not ours & set(elsewhere)


# Fixtures


def dump(path):
    """Every row, as `dumpdata` writes it to the file and as text."""
    call_command("dumpdata", "messaging", output=path, indent=1)
    return path.read_text()


@pytest.fixture
def fixture(alice, bob, write, tmp_path):
    """A file with all that alice and bob have."""
    first = write(alice, bob, "First")
    first.edit("Second", version=first.version, editor=bob)
    write(bob, alice, "Reply", to=first)
    Message.objects.received_by(bob).mark_read()
    path = tmp_path / "world.json"
    rows = Counter(row["model"] for row in json.loads(dump(path)))
    assert rows == {
        "messaging.user": 2,
        "messaging.conversation": 1,
        "messaging.participant": 2,
        "messaging.message": 2,
        "messaging.messagehistory": 1,
        "messaging.notification": 2,
    }
    return path


def test_a_fixture_restores_exactly_what_was_dumped(alice, bob, fixture, tmp_path):
    alice.delete()
    bob.delete()
    assert json.loads(dump(tmp_path / "empty.json")) == []

    call_command("loaddata", fixture, verbosity=0)

    assert dump(tmp_path / "again.json") == fixture.read_text()


def test_a_fixture_over_existing_rows_is_neither_an_edit_nor_a_send(fixture, tmp_path):
    message = Message.objects.get(content="Second")
    message.edit("Third", version=message.version)
    message.history.last().delete()

    call_command("loaddata", fixture, verbosity=0)

    assert dump(tmp_path / "again.json") == fixture.read_text()


def test_messages_of_a_fixture_without_its_notifications_notify_nobody(alice, bob, fixture):
    rows = json.loads(fixture.read_text())
    kept = [row for row in rows if row["model"] != "messaging.notification"]
    assert len(kept) == len(rows) - 2
    fixture.write_text(json.dumps(kept))
    alice.delete()
    bob.delete()

    call_command("loaddata", fixture, verbosity=0)

    assert Message.objects.count() == 2
    assert not Notification.objects.exists()


def test_a_raw_save_is_taken_as_it_is(alice, bob, write):
    message = write(alice, bob, "First")

    message.content = "Second"
    message.save_base(raw=True)

    assert Message.objects.get().content == "Second"
    assert not MessageHistory.objects.exists()


# Transactions


def test_the_history_is_kept_together_with_the_edit(alice, bob, write):
    message = write(alice, bob, "First")

    with transaction.atomic():
        message.edit("Second", version=message.version)
        assert message.history.exists()
        transaction.set_rollback(True)

    message.refresh_from_db()
    assert message.content == "First"
    assert not message.history.exists()


def test_an_edit_that_fails_leaves_no_history(alice, bob, write, monkeypatch):
    message = write(alice, bob, "First")

    def fail(*args, **kwargs):
        raise RuntimeError

    monkeypatch.setattr(Message, "_do_update", fail)
    with pytest.raises(RuntimeError):
        message.edit("Second", version=message.version)

    assert not MessageHistory.objects.exists()
    assert Conversation.objects.get().version == 1


@pytest.mark.django_db(transaction=True)
def test_listeners_have_a_transaction_also_where_nobody_opened_one(alice, bob, write):
    """On PostgreSQL a row cannot be locked outside of one."""
    message = write(alice, bob, "First")
    message.content = "Second"
    message.save()
    message.content = "Third"
    message.save(update_fields=["content"])
    message.edit("Fourth", version=message.version)
    message.delete()
    alice.delete()

    assert list(User.objects.all()) == [bob]
