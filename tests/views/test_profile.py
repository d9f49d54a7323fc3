from datetime import UTC, datetime

import pytest
from django.urls import reverse

from messaging.models import User
from tests.html import errors, flash, heading, listed_conversations, soup, text, times, typed


@pytest.fixture
def save(submit):
    """The answer to somebody's profile: `save(alice, display_name="Al")`."""

    def save(person, **fields):
        fields = {"display_name": person.display_name, "email": "", "time_zone": "UTC"} | fields
        return submit(person, "profile", **fields)

    return save


def test_it_shows_what_is_stored(alice, visit):
    alice.email, alice.time_zone = "alice@example.org", "Europe/Paris"
    alice.save()

    page = visit(alice, "profile")

    assert typed(page, "display_name") == "Alice Moreau"
    assert typed(page, "email") == "alice@example.org"
    assert typed(page, "time_zone") == "Europe/Paris"


def test_what_is_saved_is_confirmed_and_stored(alice, browse):
    client = browse(alice)
    fields = {"display_name": "Al", "email": "al@example.org", "time_zone": "Asia/Tokyo"}

    response = client.post(reverse("profile"), fields)

    assert response.status_code == 303
    assert response["Location"] == reverse("profile")
    assert flash(soup(client.get(reverse("profile")))) == "Your profile is saved."
    alice.refresh_from_db()
    assert (alice.name, alice.email, alice.time_zone) == ("Al", "al@example.org", "Asia/Tokyo")


def test_a_new_time_zone_changes_the_times_shown(alice, bob, save, visit, write):
    write(bob, alice, timestamp=datetime(2024, 6, 1, 12, 0, tzinfo=UTC))
    assert times(visit(alice, "conversation", "bob")) == ["2024-06-01T12:00:00+00:00"]

    save(alice, time_zone="Asia/Tokyo")

    assert times(visit(alice, "conversation", "bob")) == ["2024-06-01T21:00:00+09:00"]
    assert times(visit(bob, "conversation", "alice")) == ["2024-06-01T12:00:00+00:00"]


def test_a_new_name_shows_for_the_other_at_once(alice, bob, save, visit, write):
    write(alice, bob)
    page = visit(bob, "conversation", "alice")
    assert text(page.article.find(class_="author")) == "Alice Moreau"

    save(alice, display_name="Alice Okonkwo")

    page = visit(bob, "conversation", "alice")
    assert text(page.article.find(class_="author")) == "Alice Okonkwo"
    assert heading(page) == "Alice Okonkwo"
    assert listed_conversations(page) == ["Alice Okonkwo"]


@pytest.mark.parametrize("name", ["", " ", "\u200b\u200b", "\u3164"])
def test_without_a_visible_name_the_user_name_shows(name, alice, bob, save, visit, write):
    write(alice, bob)

    save(alice, display_name=name)

    assert heading(visit(bob, "conversation", "alice")) == "alice"


def test_a_name_is_never_markup(alice, bob, save, visit, write):
    write(alice, bob)

    save(alice, display_name="<b>Al</b> & Co")

    page = visit(bob, "conversation", "alice")
    assert heading(page) == "<b>Al</b> & Co"
    assert not page.find("b")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", "x" * 61),
        ("display_name", "a\0b"),
        ("email", "nowhere"),
        ("time_zone", "Mars/Olympus"),
        ("time_zone", "../../etc/passwd"),
        ("time_zone", ""),
    ],
)
def test_a_refused_profile_says_why_and_changes_nothing(field, value, alice, save):
    response = save(alice, **{"display_name": "Al", field: value})

    assert response.status_code == 422
    assert len(errors(soup(response))) == 1
    assert User.objects.get(pk=alice.pk).name == "Alice Moreau"


def test_a_refused_profile_keeps_what_was_typed(alice, save):
    page = soup(save(alice, display_name="Al", email="nowhere", time_zone="Asia/Tokyo"))

    assert [typed(page, name) for name in ("display_name", "email", "time_zone")] == [
        "Al",
        "nowhere",
        "Asia/Tokyo",
    ]


def test_nobody_sees_the_address_of_another(alice, bob, visit, write):
    bob.email = "bob@private.example"
    bob.save()
    write(bob, alice)

    assert "private.example" in str(visit(bob, "profile"))
    for page in ("inbox", "conversations", "notifications", "profile", "compose"):
        assert "private.example" not in str(visit(alice, page))
    assert "private.example" not in str(visit(alice, "conversation", "bob"))


def test_the_user_name_and_the_rights_cannot_be_changed(alice, save):
    save(alice, username="root", is_staff="on", is_superuser="on", password="x")

    alice.refresh_from_db()
    assert alice.username == "alice"
    assert not alice.is_staff
    assert not alice.is_superuser
    assert alice.check_password("correct horse battery")
