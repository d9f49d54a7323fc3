"""Conversations, and people's places in them."""

from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction

from messaging.models import Conversation, Message, Participant


def execute(sql, *values):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)


def names(places):
    return [place.peer.username for place in places]


# One conversation for each pair


def test_the_conversation_of_two_people_is_the_same_from_either_side(alice, bob):
    conversation = Conversation.objects.between(alice, bob)

    assert Conversation.objects.between(bob, alice) == conversation
    assert Conversation.objects.count() == 1
    assert names(alice.participations.all()) == ["bob"]
    assert names(bob.participations.all()) == ["alice"]


def test_the_database_refuses_a_second_conversation_of_the_same_two(alice, bob, write):
    write(alice, bob)
    second = Conversation.objects.create()

    with pytest.raises(IntegrityError):
        execute(
            "INSERT INTO messaging_participant (conversation_id, user_id, peer_id, draft)"
            " VALUES (%s, %s, %s, '')",
            *(second.pk, alice.pk, bob.pk),
        )


def test_the_database_refuses_a_third_person_and_a_conversation_with_oneself(
    alice, bob, charlie, write
):
    conversation = write(alice, bob).conversation
    sql = "UPDATE messaging_participant SET peer_id = %s WHERE user_id = %s"

    with pytest.raises(IntegrityError):
        execute(sql, alice.pk, alice.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        conversation.participants.create(user=alice, peer=charlie)
    execute(sql, bob.pk, alice.pk)


def test_a_place_is_found_by_the_other_persons_name(alice, bob, charlie, write):
    write(alice, bob)
    write(alice, charlie)

    assert names(alice.participations.with_peer("BOB")) == ["bob"]
    assert names(alice.participations.with_peer("nobody")) == []


# Versions


def test_each_next_version_is_one_more(db):
    first, second = Conversation.objects.create(), Conversation.objects.create(version=7)

    assert Conversation.objects.advance() == {first.pk: 1, second.pk: 8}
    assert Conversation.objects.filter(pk=first.pk).advance() == {first.pk: 2}
    assert Conversation.objects.none().advance() == {}

    assert dict(Conversation.objects.values_list("pk", "version")) == {first.pk: 2, second.pk: 8}


# The list


def test_the_list_names_the_latest_conversation_first(alice, bob, charlie, write):
    write(alice, charlie)
    write(alice, bob)
    assert names(alice.participations.listed()) == ["bob", "charlie"]

    write(charlie, alice)
    assert names(alice.participations.listed()) == ["charlie", "bob"]


def test_the_list_shows_the_beginning_of_the_latest_message(alice, bob, write):
    write(alice, bob, "Old")
    write(bob, alice, "New " + "and long " * 50)

    place = alice.participations.listed().get()

    assert place.snippet.startswith("New and long")
    assert len(place.snippet) == 140
    assert place.latest_message.sender_id == bob.pk


def test_the_list_counts_what_each_person_has_not_read(alice, bob, charlie, write):
    write(alice, bob).conversation.messages.mark_read()
    for _ in range(2):
        write(bob, alice)
    write(charlie, alice)

    unread = {place.peer.username: place.unread_count for place in alice.participations.listed()}

    assert unread == {"bob": 2, "charlie": 1}
    assert bob.participations.listed().get().unread_count == 0


def test_the_list_leaves_out_a_conversation_without_messages(alice, bob, write):
    message = write(alice, bob)
    assert names(alice.participations.listed()) == ["bob"]

    message.delete()
    assert names(alice.participations.listed()) == []


def test_the_list_takes_one_query_and_loads_no_whole_text(
    alice, crowd, write, django_assert_num_queries
):
    for person in crowd(5):
        write(person, alice)

    with django_assert_num_queries(1):
        for place in alice.participations.listed():
            assert place.peer.name
            assert place.latest_message.timestamp
            assert "content" in place.latest_message.get_deferred_fields()
            assert "draft" in place.get_deferred_fields()


def test_the_latest_message_is_found_again(alice, bob, charlie, write):
    write(alice, bob)
    latest = write(bob, alice)
    foreign = write(alice, charlie)
    Participant.objects.update(latest_message=None)

    Participant.objects.filter(conversation=latest.conversation_id).refresh_latest()

    assert {place.latest_message for place in latest.conversation.participants.all()} == {latest}
    assert {place.latest_message for place in foreign.conversation.participants.all()} == {None}
    assert Message.objects.count() == 3


# Drafts


def test_a_draft_is_kept_for_one_of_the_two(alice, bob, write):
    write(alice, bob)

    alice.participations.get().keep_draft("Half a thought")

    assert alice.participations.get().draft == "Half a thought"
    assert bob.participations.get().draft == ""


def test_a_draft_that_was_kept_meanwhile_goes_too(alice, bob, write):
    write(alice, bob)
    loaded_before = alice.participations.get()
    alice.participations.get().keep_draft("Half a thought")

    loaded_before.keep_draft("")

    assert alice.participations.get().draft == ""


def test_a_draft_that_arrives_after_its_message_is_none(alice, bob, write):
    write(alice, bob)
    place, key, other_key = alice.participations.get(), uuid4(), uuid4()
    letter = {"sender": alice, "receiver": bob, "content": "A thought"}
    Message.objects.send(key, **letter)

    place.keep_draft("A thought", Message.objects.sent(key, **letter))
    assert alice.participations.get().draft == ""

    place.keep_draft("Half a thought", Message.objects.sent(other_key, **letter))
    assert alice.participations.get().draft == "Half a thought"
