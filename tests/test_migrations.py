"""Migrations run forwards and backwards, and say what the models say."""

import pytest
from django.core.management import call_command
from django.db import connection

from messaging.models import Message


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
