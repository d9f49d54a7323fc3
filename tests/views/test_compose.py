import pytest
from django.urls import reverse

from messaging.models import Message, User
from tests.html import errors, fields, shown_messages, soup, text, typed


def test_the_first_message_begins_a_conversation(alice, bob, browse):
    client = browse(alice)

    response = client.post(reverse("compose"), {"receiver": "bob", "content": "Hello Bob"})

    message = Message.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/conversations/bob/#message-{message.pk}"
    assert shown_messages(soup(client.get(response["Location"]))) == ["Hello Bob"]
    assert (message.sender, message.receiver) == (alice, bob)


def test_a_second_first_message_goes_on_with_the_same_conversation(alice, bob, submit, write):
    write(bob, alice)

    submit(alice, "compose", receiver="bob", content="Hello again")

    assert alice.conversations.get().messages.count() == 2


@pytest.mark.parametrize("name", ["BOB", "@bob", " bob ", "@Bob"])
def test_the_name_may_be_written_as_people_write_it(name, alice, bob, submit):
    assert submit(alice, "compose", receiver=name, content="Hello").status_code == 303
    assert bob.received_messages.count() == 1


def test_the_name_may_be_written_in_other_capitals_in_any_script(alice, submit):
    ünal = User.objects.create_user("ünal")

    assert submit(alice, "compose", receiver="ÜNAL", content="Merhaba").status_code == 303
    assert ünal.received_messages.count() == 1


def test_the_address_may_name_the_receiver(alice, bob, visit):
    assert typed(visit(alice, "compose", to="bob"), "receiver") == "bob"
    assert typed(visit(alice, "compose"), "receiver") == ""


def test_the_people_one_talks_with_are_suggested_and_nobody_else(alice, bob, charlie, visit, write):
    write(alice, bob)

    suggested = visit(alice, "compose").select("#people option")

    assert [option["value"] for option in suggested] == ["bob"]


@pytest.mark.parametrize("name", ["nobody", "@", "bo b", "", "x" * 151, "bob\0"])
def test_an_unknown_name_is_refused_and_the_text_kept(name, alice, bob, submit):
    response = submit(alice, "compose", receiver=name, content="Hello?")

    assert response.status_code == 422
    assert len(errors(soup(response))) == 1
    assert typed(soup(response), "receiver") == name
    assert typed(soup(response)) == "Hello?"
    assert not Message.objects.exists()


def test_an_inactive_person_is_as_unknown_as_nobody(alice, bob, submit):
    assert submit(alice, "compose", receiver="bob", content="Hello").status_code == 303
    bob.is_active = False
    bob.save()

    inactive = submit(alice, "compose", receiver="bob", content="Hello?")
    nobody = submit(alice, "compose", receiver="rob", content="Hello?")

    assert inactive.status_code == nobody.status_code == 422
    assert errors(soup(inactive)) == [
        "There is nobody with the user name “bob”. Check how it is spelled."
    ]
    assert errors(soup(nobody)) == [errors(soup(inactive))[0].replace("bob", "rob")]


@pytest.mark.parametrize("name", ["alice", "ALICE", "@alice"])
def test_nobody_writes_to_oneself(name, alice, bob, submit):
    response = submit(alice, "compose", receiver=name, content="Remember the milk")

    assert response.status_code == 422
    assert errors(soup(response)) == ["You cannot write to yourself. Choose somebody else."]
    assert typed(soup(response)) == "Remember the milk"


def test_everything_that_is_wrong_is_said_at_once(alice, submit):
    page = soup(submit(alice, "compose", receiver="nobody", content=""))

    assert len(errors(page)) == 2
    assert "Write something first." in errors(page)


def test_the_same_form_sent_five_times_makes_one_message(alice, bob, browse):
    client = browse(alice)
    form = fields(soup(client.get(reverse("compose"))))
    form |= {"receiver": "bob", "content": "Once"}

    places = {client.post(reverse("compose"), form)["Location"] for _ in range(5)}

    assert places == {f"/conversations/bob/#message-{Message.objects.get().pk}"}


def test_the_same_form_to_somebody_else_is_another_message(alice, bob, charlie, browse):
    client = browse(alice)
    form = fields(soup(client.get(reverse("compose")))) | {"content": "Hello"}

    client.post(reverse("compose"), form | {"receiver": "bob"})
    client.post(reverse("compose"), form | {"receiver": "charlie"})

    assert bob.received_messages.count() == charlie.received_messages.count() == 1


def test_two_people_may_send_the_same_key(alice, bob, charlie, submit):
    key = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"

    for person in (alice, bob):
        assert (
            submit(person, "compose", receiver="charlie", content="Hi", key=key).status_code == 303
        )

    assert charlie.received_messages.count() == 2


def test_a_message_may_be_the_first_ever_seen_of_somebody(alice, bob, submit, visit):
    assert "Nothing has happened yet" in text(visit(bob, "notifications").main)

    submit(alice, "compose", receiver="bob", content="Hello Bob")

    assert shown_messages(visit(bob, "conversation", "alice")) == ["Hello Bob"]
