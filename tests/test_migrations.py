"""Migrations run forwards and backwards, and say what the models say."""

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Q

from messaging.models import (
    Conversation,
    Message,
    MessageHistory,
    Notification,
    Participant,
)


def tables():
    """The tables of the application."""
    names = connection.introspection.table_names()
    return {name for name in names if name.startswith("messaging_")}


def test_no_migration_is_missing(db):
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.fixture
def migrate(transactional_db):
    yield lambda *to: call_command("migrate", *to, verbosity=0, interactive=False)
    call_command("migrate", verbosity=0, interactive=False)


def test_migrations_run_backwards_and_forwards_again(migrate, request):
    before = tables()
    assert "messaging_message" in before

    migrate("messaging", "zero")
    assert tables() == set()

    migrate()
    assert tables() == before
    alice, bob, write = map(request.getfixturevalue, ["alice", "bob", "write"])
    write(bob, alice, to=write(alice, bob))
    assert Message.objects.count() == 2
    alice.delete()
    assert not Message.objects.exists()


# Indexes


def whole_indexes(model):
    """The columns of each index that covers all rows, by its name; whether it must be unique.

    One of all rows that have a key at all covers them for whoever looks for a key.
    """
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, model._meta.db_table)
    partial = {
        index.name
        for index in model._meta.indexes
        if index.condition and index.condition != Q(**{f"{index.fields[0]}__isnull": False})
    }
    return {
        name: (index["columns"], index["unique"])
        for name, index in found.items()
        if (index["index"] or index["unique"]) and name not in partial
    }


@pytest.mark.parametrize(
    "model", [Conversation, Participant, Message, MessageHistory, Notification]
)
def test_each_foreign_key_has_an_index_and_no_index_repeats_another(db, model):
    indexes = whole_indexes(model)

    first = {columns[0] for columns, _ in indexes.values()}
    keys = {field.column for field in model._meta.concrete_fields if field.is_relation}
    assert keys <= first  # or a deletion would read the whole table for each row
    for name, (columns, is_unique) in indexes.items():
        others = [columns for other, (columns, _) in indexes.items() if other != name]
        assert is_unique or columns not in [other[: len(columns)] for other in others]


def test_the_indexes_of_unread_messages_hold_no_read_ones(db):
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'")
        else:
            cursor.execute("SELECT indexname, indexdef FROM pg_indexes")
        definitions = dict(cursor.fetchall())

    for name in ("unread_newest", "unread_in_conversation"):
        assert "WHERE" in definitions[name]
        assert "NOT" in definitions[name]
