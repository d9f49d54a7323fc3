"""Querysets whose SQL is made once answer as those made anew."""

import pytest
from django.db import connection, transaction
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from messaging.compiled import compiled
from messaging.managers import place_of_two
from messaging.models import Message, Participant, User
from messaging.sidebar import latest_versions, listed
from messaging.threads import answered_by_unread, replies_below
from messaging.views.mixins import place_with, visible_message


@compiled
def named(pk, username):
    return User.objects.filter(pk=pk, username=username)


def test_each_value_finds_its_own(alice, bob):
    assert list(named(alice.pk, "alice")) == [alice]
    assert list(named(bob.pk, "bob")) == [bob]
    assert list(named(alice.pk, "bob")) == []


def test_the_sql_is_made_once(alice, bob, monkeypatch):
    list(named(alice.pk, "alice"))

    def make(*args, **kwargs):
        raise AssertionError("the SQL was made again")

    monkeypatch.setattr(SQLCompiler, "as_sql", make)
    assert list(named(bob.pk, "bob")) == [bob]


def test_it_is_asked_each_time(alice):
    pk = alice.pk
    assert list(named(pk, "alice")) == [alice]
    alice.delete()
    assert list(named(pk, "alice")) == []


def test_a_number_that_no_key_can_be_finds_nothing(alice):
    assert list(named(10**30, "alice")) == []
    assert list(named(-(10**30), "alice")) == []


def test_a_value_of_another_kind_is_asked_for_as_it_is(alice):
    assert named(None, "alice") == []


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="it locks no rows")
def test_rows_are_not_locked_without_a_transaction():
    def lock():
        return place_of_two(1, 2)

    with transaction.atomic():
        assert lock() == []
    with pytest.raises(TransactionManagementError):
        lock()


def test_a_value_that_is_not_asked_for_is_a_mistake(alice):
    @compiled
    def everybody(pk):
        return User.objects.all()

    with pytest.raises(ValueError, match="everybody"):
        list(everybody(alice.pk))


@pytest.fixture
def talk(alice, bob, charlie, write):
    first = write(alice, bob, "First")
    reply = write(bob, alice, "Reply", to=first)
    write(alice, bob, "Deeper", to=reply)
    write(bob, alice, "Deepest", to=reply)
    write(charlie, alice, "Hello")
    return first


ASKED = {
    replies_below: lambda alice, first: (first.pk, 0),
    answered_by_unread: lambda alice, first: (first.conversation_id, alice.pk),
    listed: lambda alice, first: (alice.pk,),
    latest_versions: lambda alice, first: (alice.pk,),
    place_with: lambda alice, first: (alice.pk, "bob"),
    visible_message: lambda alice, first: (alice.pk, first.pk),
}


@pytest.mark.parametrize("question", ASKED, ids=lambda question: question.__name__)
def test_what_the_site_asks_is_answered_as_by_the_queryset_itself(question, talk, alice):
    values = ASKED[question](alice, talk)

    for _ in range(2):
        found = question(*values)
        assert found
        assert list(map(everything, found)) == list(map(everything, question.build(*values)))


def everything(record):
    """What a record knows, with what came along of its relations."""
    if not isinstance(record, (Message, Participant, User)):
        return record
    known = {name: value for name, value in vars(record).items() if name != "_state"}
    along = record._state.fields_cache
    return known, {name: along[name] and everything(along[name]) for name in along}


def test_names_with_anything_in_them_are_only_values(alice, bob, write):
    write(alice, bob)
    for name in ("' OR 1=1 --", "%s", "\ue0000", "bob%", "7301000000000000000"):
        assert list(place_with(alice.pk, name)) == []
    assert [place.peer for place in place_with(alice.pk, "bob")] == [bob]
