"""People: their names, and what follows from a new one."""

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.db import DatabaseError, IntegrityError, transaction

from messaging.models import Conversation, User


def versions():
    return dict(Conversation.objects.values_list("pk", "version"))


LOOK_ALIKES = [
    ("alice", "ALICE"),
    ("ünal", "ÜNAL"),
    ("straße", "STRASSE"),
    ("σίσυφος", "ΣΊΣΥΦΟΣ"),
    ("иван", "ИВАН"),
    ("ﬁnn", "finn"),
    ("ａｌｉｃｅ", "Alice"),
    ("café", "Cafe\u0301"),
]


@pytest.mark.parametrize(("name", "same"), LOOK_ALIKES)
def test_a_user_name_is_unique_however_it_is_capitalised(db, name, same):
    User.objects.create_user(name)
    User.objects.create_user(f"{same}-2")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user(same)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(username=same)])


@pytest.mark.parametrize(("name", "same"), LOOK_ALIKES)
def test_people_are_found_however_their_name_is_capitalised(db, name, same):
    person = User.objects.create_user(name)
    User.objects.create_user(f"{same}-2")

    assert list(User.objects.named(same)) == [person]
    assert User.objects.get_by_natural_key(same) == person


def test_people_sign_in_however_they_capitalise_their_name(rf, db):
    person = User.objects.create_user("Ünal", password="secret")

    assert authenticate(rf.post("/"), username="üNAL", password="secret") == person
    assert authenticate(rf.post("/"), username="unal", password="secret") is None


@pytest.mark.parametrize("fields", [None, ["username"]], ids=str)
def test_a_renamed_person_is_found_by_the_new_name_only(alice, fields):
    alice.username = "Alicia"
    alice.save(update_fields=fields)

    assert User.objects.named("alicia").get() == alice
    assert not User.objects.named("alice").exists()


def test_a_taken_name_is_refused_in_words(alice, bob):
    bob.username = "ALICE"
    with pytest.raises(ValidationError) as refusal:
        bob.full_clean()

    assert list(refusal.value.message_dict) == ["username"]
    alice.full_clean()


def test_a_set_of_people_cannot_be_renamed(alice):
    with pytest.raises(ValueError, match="saving"):
        User.objects.update(username="Somebody")
    with pytest.raises(ValueError, match="saving"), transaction.atomic():
        User.objects.bulk_update([alice], ["username"])

    alice.refresh_from_db()
    assert alice.username == "alice"


def test_people_are_called_by_their_display_name_or_else_their_user_name(alice):
    assert alice.name == "Alice Moreau"
    assert User(username="dave").name == "dave"


@pytest.mark.parametrize(
    ("display_name", "initials"),
    [
        ("Alice Moreau", "AM"),
        ("Bob", "BO"),
        ("Ana de la Cruz", "AC"),
        ("李", "李"),
        ("", "DA"),
    ],
)
def test_initials(display_name, initials):
    assert User(username="dave", display_name=display_name).initials == initials


def set_by_save(alice):
    alice.display_name = "Alice Martin"
    alice.save()


def set_by_save_of_that_field(alice):
    alice.display_name = "Alice Martin"
    alice.save(update_fields=["display_name"])


def set_by_update(alice):
    User.objects.filter(display_name="Alice Moreau").update(display_name="Alice Martin")


def set_by_bulk_update(alice):
    alice.display_name = "Alice Martin"
    User.objects.bulk_update([alice], ["display_name"])


@pytest.mark.parametrize(
    "rename", [set_by_save, set_by_save_of_that_field, set_by_update, set_by_bulk_update]
)
def test_a_new_display_name_takes_the_persons_conversations_one_version_further(
    alice, bob, charlie, write, rename
):
    with_bob = write(alice, bob).conversation
    with_charlie = write(alice, charlie).conversation
    others = write(bob, charlie).conversation

    rename(alice)

    assert versions() == {with_bob.pk: 2, with_charlie.pk: 2, others.pk: 1}
    alice.refresh_from_db()
    assert alice.name == "Alice Martin"


def test_signing_in_is_nothing_that_the_other_person_sees(alice, bob, browse, write):
    write(alice, bob)

    browse(alice)

    alice.refresh_from_db()
    assert alice.last_login
    assert set(versions().values()) == {1}


def test_a_new_name_is_stored_together_with_the_new_versions(alice, bob, write, monkeypatch):
    def fail(self, redraw=False):
        raise RuntimeError

    write(alice, bob)
    monkeypatch.setattr(type(Conversation.objects.all()), "advance", fail)
    alice.display_name = "Alice Martin"
    with pytest.raises(RuntimeError):
        alice.save()

    alice.refresh_from_db()
    assert alice.display_name == "Alice Moreau"


def test_the_holdings_of_a_person_count_what_goes_with_the_account(alice, bob, charlie, write):
    first = write(alice, bob, "First")
    first.edit("Second", version=first.version)
    write(bob, alice, to=first)
    write(charlie, alice)
    write(bob, charlie)

    assert alice.holdings() == {
        "conversations": 2,
        "sent": 1,
        "received": 2,
        "versions": 1,
        "notifications": 2,
    }


def test_a_person_who_was_deleted_does_not_come_back(alice):
    stale = User.objects.get(pk=alice.pk)
    alice.delete()

    with pytest.raises(DatabaseError):
        stale.save()

    assert not User.objects.filter(username="alice").exists()


def test_a_time_zone_must_exist(alice):
    alice.time_zone = "Europe/Paris"
    alice.full_clean()

    alice.time_zone = "Paris"
    with pytest.raises(ValidationError, match="Europe/Paris"):
        alice.full_clean()
