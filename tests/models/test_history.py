"""Edits, and the history that they leave."""

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from messaging.models import Message, MessageHistory, StaleVersion


def texts(message):
    """Everything that a message ever said, as the database has it, in order."""
    message = Message.objects.get(pk=message.pk)
    return [*message.history.values_list("old_content", flat=True), message.content]


def edited(message):
    return Message.objects.get(pk=message.pk).edited


@pytest.fixture
def message(alice, bob, write):
    return write(alice, bob, "First")


# What is an edit


@pytest.mark.parametrize("fields", [None, ["content"], ["content", "read"]], ids=str)
def test_saving_a_new_text_keeps_the_old_one(message, alice, fields):
    message.content = "Second"
    message.save(update_fields=fields)

    assert texts(message) == ["First", "Second"]
    assert edited(message)
    assert message.edited
    assert message.history.get().edited_by == alice


def test_each_save_keeps_what_the_one_before_it_said(message):
    for content in ("Second", "Third", "First"):
        message.content = content
        message.save()

    assert texts(message) == ["First", "Second", "Third", "First"]


def test_the_text_that_was_stored_is_kept_and_not_the_one_that_was_loaded(message):
    old = Message.objects.get(pk=message.pk)
    message.edit("Second", version=message.version)

    old.content = "Third"
    old.save()

    assert texts(message) == ["First", "Second", "Third"]


@pytest.mark.parametrize("content", ["First", " First\r\n"])
def test_saving_an_unchanged_text_is_no_edit(message, content):
    message.content = content
    message.save()

    assert texts(message) == ["First"]
    assert not edited(message)


@pytest.mark.parametrize("content", ["e\u0301", "e\x07\u0301", "a \x1f", "\u2000a"])
def test_a_text_that_was_cleaned_once_is_not_edited_by_saving_it_again(alice, bob, write, content):
    message = write(alice, bob, content)

    Message.objects.get(pk=message.pk).save()

    assert message.history.count() == 0


def test_saving_other_fields_is_no_edit_and_writes_no_text(message):
    message.content = "Never saved"
    message.read = True
    message.save(update_fields=["read"])

    assert texts(message) == ["First"]
    assert not edited(message)


def test_reading_is_no_edit(message):
    message.content = "Never saved"
    Message.objects.mark_read()

    assert texts(message) == ["First"]


def test_a_refreshed_instance_has_nothing_to_save(message):
    message.content = "Never saved"
    message.refresh_from_db()
    message.save()

    assert texts(message) == ["First"]


def test_a_new_message_has_no_history(message):
    assert not MessageHistory.objects.exists()


def test_the_editor_is_named(message, bob, charlie):
    message.edit("Second", version=message.version, editor=charlie)
    assert message.history.last().edited_by == charlie

    message.content, message.editor = "Third", bob
    message.save()
    assert message.history.last().edited_by == bob


def test_the_sender_is_the_editor_where_nobody_else_is_named(message, alice, charlie):
    message.edit("Second", version=message.version, editor=charlie)
    message.edit("Third", version=message.version)

    assert message.history.last().edited_by == alice


def test_a_set_of_messages_cannot_be_edited(message):
    message.content = "Second"
    with pytest.raises(ValueError, match="history"):
        Message.objects.update(content="Second")
    with pytest.raises(ValueError, match="history"):
        Message.objects.bulk_update([message], ["read", "content"])

    assert texts(message) == ["First"]


# Stale versions


def test_an_edit_that_started_from_an_older_text_is_stale(message):
    start = message.version
    other_tab = Message.objects.get(pk=message.pk)
    message.edit("Second", version=start)
    assert message.version > start

    with pytest.raises(StaleVersion):
        other_tab.edit("Other", version=start)

    assert other_tab.content == "Second"
    assert other_tab.version == message.version
    assert texts(message) == ["First", "Second"]


def test_an_edit_is_compared_with_the_text_that_is_stored(message):
    old = Message.objects.get(pk=message.pk)
    message.edit("Second", version=message.version)

    old.edit("First", version=message.version)

    assert texts(message) == ["First", "Second", "First"]


def test_an_edit_that_started_from_the_current_text_follows_a_stale_one(message):
    start = message.version
    message.edit("Second", version=start)
    with pytest.raises(StaleVersion):
        message.edit("Third", version=start)

    message.edit("Third", version=message.version)

    assert texts(message) == ["First", "Second", "Third"]


def test_the_same_edit_twice_is_one(message):
    start = message.version
    message.edit("Second", version=start)
    version = message.version

    Message.objects.get(pk=message.pk).edit(" Second ", version=start)

    assert texts(message) == ["First", "Second"]
    assert Message.objects.get(pk=message.pk).version == version


def test_being_read_meanwhile_makes_no_edit_stale(message, write, alice, bob):
    start = message.version
    Message.objects.mark_read()
    write(bob, alice)

    message.edit("Second", version=start)

    assert texts(message) == ["First", "Second"]
    assert Message.objects.get(pk=message.pk).read


def test_a_message_deleted_meanwhile_is_not_edited(message):
    old = Message.objects.get(pk=message.pk)
    message.delete()

    with pytest.raises(Message.DoesNotExist):
        old.edit("Second", version=old.version)

    assert not Message.objects.exists()
    assert not MessageHistory.objects.exists()


# In general


@settings(max_examples=25)
@given(contents=st.lists(st.sampled_from("abc"), min_size=1, max_size=8))
def test_history_and_message_are_the_sequence_of_distinct_texts(alice, bob, write, contents):
    message = write(alice, bob, contents[0])
    for content in contents[1:]:
        message.edit(content, version=message.version)

    assert texts(message) == [content for content, _ in groupby(contents)]
