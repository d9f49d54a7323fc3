from django.urls import reverse

from tests.html import shown_messages, soup


def page_of(client, peer):
    return soup(client.get(reverse("conversation", args=[peer.username])))


def test_both_see_what_they_wrote_and_a_third_person_does_not(alice, bob, charlie, browse, write):
    write(alice, bob, "Hello Bob")
    write(bob, alice, "Hello Alice")
    write(bob, charlie, "Hello Charlie")

    assert shown_messages(page_of(browse(alice), bob)) == ["Hello Bob", "Hello Alice"]
    assert shown_messages(page_of(browse(bob), alice)) == ["Hello Bob", "Hello Alice"]
    assert shown_messages(page_of(browse(charlie), bob)) == ["Hello Charlie"]


def test_somebody_without_a_conversation_gets_404(alice, bob, charlie, browse, write):
    write(alice, bob)
    address = reverse("conversation", args=["bob"])

    assert browse(alice).get(address).status_code == 200
    assert browse(charlie).get(address).status_code == 404
    assert browse().get(address).status_code == 302


def test_sending_leads_to_the_message(alice, bob, browse, write):
    write(alice, bob, "First")
    address = reverse("conversation", args=["bob"])

    response = browse(alice).post(address, {"content": "Second"})

    assert response.status_code == 303
    message = alice.sent_messages.latest("pk")
    assert response["Location"] == f"{address}#message-{message.pk}"
    assert message.content == "Second"
    assert message.receiver == bob
