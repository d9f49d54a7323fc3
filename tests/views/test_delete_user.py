import pytest
from django.urls import reverse

from messaging.models import Message, Notification, Session, User
from tests.conftest import PASSWORD
from tests.html import errors, flash, listed_conversations, soup, text

ADDRESS = reverse("delete_user")


def holdings(page):
    return [text(line) for line in page.select(".holdings li")]


def test_what_will_go_is_said_in_numbers(alice, bob, charlie, visit, write):
    question = write(alice, bob)
    write(bob, alice, to=question)
    write(bob, alice, to=question)
    write(alice, charlie)
    write(bob, charlie, "Not Alice's")
    question.edit("Lunch?", version=question.version)

    assert holdings(visit(alice, "delete_user")) == [
        "2 conversations",
        "2 messages that you wrote",
        "2 messages that others wrote to you, also from their side",
        "1 earlier version of these",
        "2 notifications",
    ]


def test_looking_at_it_deletes_nothing(alice, bob, visit, write):
    write(alice, bob)

    visit(alice, "delete_user")

    assert User.objects.filter(pk=alice.pk).exists()
    assert Message.objects.count() == 1


@pytest.mark.parametrize("password", ["wrong", "", PASSWORD.upper(), f" {PASSWORD}"])
def test_a_wrong_password_deletes_nothing(password, alice, bob, submit, write):
    write(alice, bob)

    response = submit(alice, "delete_user", password=password)

    assert response.status_code == 422
    assert len(errors(soup(response))) == 1
    assert holdings(soup(response))[0] == "1 conversation"
    assert User.objects.filter(pk=alice.pk).exists()
    assert Message.objects.count() == 1


def test_a_typed_password_is_not_given_back(alice, submit):
    response = submit(alice, "delete_user", password="my other secret")

    assert response.status_code == 422
    assert "my other secret" not in response.content.decode()


def test_the_right_password_deletes_everything(alice, bob, charlie, submit, write):
    question = write(alice, bob)
    write(bob, alice, to=question)
    write(bob, charlie, "Stays")

    response = submit(alice, "delete_user", password=PASSWORD)

    assert response.status_code == 303
    assert response["Location"] == reverse("login")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert not User.objects.filter(username="alice").exists()
    assert [message.content for message in Message.objects.all()] == ["Stays"]
    assert Notification.objects.get().user == charlie


def test_it_is_confirmed_on_the_page_to_sign_in(alice, browse):
    client = browse(alice)

    response = client.post(ADDRESS, {"password": PASSWORD}, follow=True)

    assert flash(soup(response)) == "Your account and everything in it are deleted."
    assert soup(response).find("input", {"name": "username"})


def test_every_session_is_ended(alice, bob, browse):
    here, elsewhere, other = browse(alice), browse(alice), browse(bob)
    assert elsewhere.get("/").status_code == 200

    here.post(ADDRESS, {"password": PASSWORD})

    for client in (here, elsewhere):
        assert client.get("/").status_code == 302
        assert client.get("/")["Location"].startswith(reverse("login"))
    assert other.get("/").status_code == 200
    assert Session.objects.get().user_id == bob.pk


def test_the_other_person_no_longer_sees_the_conversation(
    alice, bob, charlie, browse, submit, visit, write
):
    message = write(alice, bob)
    write(charlie, bob)
    conversation = reverse("conversation", args=["alice"])
    assert browse(bob).get(conversation).status_code == 200
    assert "Alice Moreau" in listed_conversations(visit(bob, "inbox"))

    submit(alice, "delete_user", password=PASSWORD)

    assert browse(bob).get(conversation).status_code == 404
    assert browse(bob).get(f"{conversation}fragment/").status_code == 404
    assert browse(bob).get(message.get_absolute_url()).status_code == 404
    assert listed_conversations(visit(bob, "inbox")) == ["Charlie Okafor"]
    assert "Alice Moreau" not in str(visit(bob, "notifications"))


def test_the_name_is_free_again_and_inherits_nothing(alice, bob, browse, submit, visit, write):
    write(alice, bob, "Old secret")
    submit(alice, "delete_user", password=PASSWORD)

    newcomer = User.objects.create_user("alice")

    assert browse(newcomer).get(reverse("conversation", args=["bob"])).status_code == 404
    assert listed_conversations(visit(newcomer, "inbox")) == []


def test_both_may_leave(alice, bob, submit, write):
    write(alice, bob)

    for person in (alice, bob):
        assert submit(person, "delete_user", password=PASSWORD).status_code == 303

    assert not User.objects.exists()
    assert not Message.objects.exists()
