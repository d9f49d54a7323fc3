import pytest
from django.test import Client
from django.urls import reverse

from messaging.models import Message, User
from tests.conftest import PASSWORD
from tests.html import alert, button, fields, link, pressing, soup, typed
from tests.htmx import HTMX, reason

COMPOSE = reverse("compose")
OURS, FOREIGN = {"Origin": "http://testserver"}, {"Origin": "https://evil.example"}


@pytest.fixture
def strict():
    """A client signed in as somebody, whose forms are checked as in a browser."""

    def strict(person=None):
        client = Client(enforce_csrf_checks=True, headers=OURS)
        if person is not None:
            client.force_login(person)
        return client

    return strict


def form_of(client, address=COMPOSE, **typed):
    """What the form of a page sends once something was typed into it."""
    return fields(soup(client.get(address))) | typed


# Signed out meanwhile


def test_whoever_was_signed_out_gets_the_text_back(alice, bob, browse):
    client = browse(alice)
    form = form_of(client, receiver="bob", content="A long\nletter")
    client.logout()

    response = client.post(COMPOSE, form)

    assert response.status_code == 401
    assert alert(soup(response)) == "You are signed out, so this was not sent."
    assert typed(soup(response)) == "A long\nletter"
    assert typed(soup(response), "receiver") == "bob"
    assert soup(response).find("a", href=reverse("login"))["target"] == "_blank"
    assert not Message.objects.exists()


def test_after_signing_in_again_it_can_be_sent_from_there(alice, bob, browse):
    client = browse(alice)
    form = form_of(client, receiver="bob", content="A letter")
    client.logout()
    page = soup(client.post(COMPOSE, form))
    client.force_login(alice)

    response = client.post(*pressing(page, "Send again"))

    assert response.status_code == 303
    assert bob.received_messages.get().content == "A letter"


def test_somebody_else_who_signs_in_then_does_not_send_it(alice, bob, charlie, browse):
    client = browse(alice)
    form = form_of(client, receiver="bob", content="A letter")
    client.logout()
    page = soup(client.post(COMPOSE, form))
    client.force_login(charlie)

    response = client.post(*pressing(page, "Send again"))

    assert response.status_code == 409
    assert typed(soup(response)) == "A letter"
    assert not Message.objects.exists()


def test_htmx_without_a_session_gets_nothing_to_swap(db, client):
    for response in (
        client.get("/", headers={"HX-Request": "true"}),
        client.post(COMPOSE, {"content": "Hi"}, headers={"HX-Request": "true"}),
    ):
        assert (response.status_code, response.content) == (401, b"")


# Too old to be trusted


def test_a_form_of_a_page_of_ours_is_trusted(alice, bob, strict):
    client = strict(alice)
    form = form_of(client, receiver="bob", content="Hello")

    assert client.post(COMPOSE, form).status_code == 303


def test_a_form_older_than_the_sign_in_is_given_back_and_can_be_sent(alice, bob, strict):
    client = strict(alice)
    form = form_of(client, receiver="bob", content="Hello")
    client.cookies.clear()
    client.force_login(alice)

    response = client.post(COMPOSE, form)

    assert response.status_code == 403
    assert alert(soup(response)).startswith("You have signed in since this page was made.")
    assert typed(soup(response)) == "Hello"
    assert typed(soup(response), "receiver") == "bob"
    assert not Message.objects.exists()
    assert client.post(*pressing(soup(response), "Send again")).status_code == 303
    assert bob.received_messages.get().content == "Hello"


def test_htmx_is_given_the_reason_alone(alice, bob, charlie, strict):
    client = strict(alice)
    form = form_of(client, receiver="bob", content="Hello")
    assert client.post(COMPOSE, form, headers=HTMX).status_code == 200
    client.cookies.clear()
    client.force_login(alice)

    old = client.post(COMPOSE, form, headers=HTMX)
    client.force_login(charlie)
    page = form_of(client)["csrfmiddlewaretoken"]
    foreign = client.post(COMPOSE, form | {"csrfmiddlewaretoken": page}, headers=HTMX)

    assert old.status_code == 403
    assert reason(old).startswith("You have signed in since this page was made.")
    assert foreign.status_code == 400
    assert reason(foreign).startswith("This page was made for somebody else")
    assert Message.objects.count() == 1


def test_somebody_else_does_not_send_an_old_form_either(alice, bob, charlie, strict):
    client = strict(alice)
    form = form_of(client, receiver="bob", content="Hello")
    client.cookies.clear()
    client.force_login(charlie)
    page = soup(client.post(COMPOSE, form))

    response = client.post(*pressing(page, "Send again"))

    assert response.status_code == 409
    assert not Message.objects.exists()


@pytest.mark.parametrize("headers", [FOREIGN, {"Origin": "null"}, {"Origin": ""}])
def test_a_form_of_another_site_gets_no_button(headers, alice, bob, strict):
    client = strict(alice)
    form = form_of(client, receiver="bob", content="Buy now")
    del form["csrfmiddlewaretoken"]
    assert button(soup(client.post(COMPOSE, form)), "Send again")

    response = client.post(COMPOSE, form, headers=headers)

    assert response.status_code == 403
    assert button(soup(response), "Send again") is None
    assert soup(response).find(attrs={"name": "csrfmiddlewaretoken"}) is None
    assert not Message.objects.exists()


@pytest.mark.parametrize("name", ["login", "signup", "password_change", "delete_user"])
def test_a_password_is_never_given_back(name, alice, settings, strict):
    settings.SIGNUP = "open"
    client = strict(alice if name in ("password_change", "delete_user") else None)
    secrets = ["password", "password1", "password2", "old_password", "new_password1"]
    form = {secret: f"my {secret} is safe" for secret in secrets} | {"username": "alice"}

    response = client.post(reverse(name), form)

    assert response.status_code == 403
    assert typed(soup(response), "username") == "alice"
    assert "is safe" not in response.content.decode()
    assert not any("password" in field.get("name", "") for field in soup(response).find_all())


def test_what_was_typed_is_never_markup(alice, strict):
    hostile = '</textarea><script>alert(1)</script>"><b>'

    page = soup(strict(alice).post(COMPOSE, {"content": hostile, "receiver": hostile}))

    assert typed(page) == typed(page, "receiver") == hostile
    assert page.find("script", src=False) is page.find("b") is None


def test_an_old_sign_in_form_still_leads_in(alice, strict):
    client = strict()
    form = form_of(client, reverse("login"), username="alice", password=PASSWORD)
    client.cookies.clear()

    page = soup(client.post(reverse("login"), form))

    assert typed(page, "username") == "alice"
    assert link(page, "Go to the inbox") == "/"


# Made for somebody else


@pytest.fixture
def of_alice(alice, browse):
    """What a page made for alice sends: `of_alice(address, content="Hi")`."""

    def of_alice(address, **typed):
        return form_of(browse(alice), address, **typed)

    return of_alice


def test_a_page_made_for_alice_does_not_send_as_bob(alice, bob, charlie, browse, of_alice):
    form = of_alice(COMPOSE, receiver="charlie", content="From Alice")

    response = browse(bob).post(COMPOSE, form)

    assert response.status_code == 409
    assert "you are now signed in as Bob Tanaka" in alert(soup(response))
    assert typed(soup(response)) == "From Alice"
    assert button(soup(response), "Send again") is None
    assert not Message.objects.exists()
    assert browse(alice).post(COMPOSE, form).status_code == 303


def test_a_page_made_for_alice_does_not_rename_bob(bob, browse, of_alice):
    form = of_alice(reverse("profile"), display_name="Alice the Great")

    response = browse(bob).post(reverse("profile"), form)

    assert response.status_code == 409
    assert typed(soup(response), "display_name") == "Alice the Great"
    assert User.objects.get(pk=bob.pk).name == "Bob Tanaka"


def test_a_page_made_for_alice_does_not_delete_bob(bob, browse, of_alice):
    form = of_alice(reverse("delete_user"), password=PASSWORD)

    response = browse(bob).post(reverse("delete_user"), form)

    assert response.status_code == 409
    assert PASSWORD not in response.content.decode()
    assert User.objects.filter(pk=bob.pk).exists()


def test_a_header_says_it_too(alice, bob, browse):
    form, headers = {"receiver": "bob", "content": "Hi"}, {"X-Made-For": str(alice.pk)}

    assert browse(bob).post(COMPOSE, form, headers=headers).status_code == 409
    assert browse(alice).post(COMPOSE, form, headers=headers).status_code == 303


@pytest.mark.parametrize(
    "address", ["/", "/unread/", "/conversations/", "/conversations/bob/changes/"]
)
def test_a_page_made_for_alice_is_not_shown_what_is_for_bob(address, alice, bob, browse, write):
    write(alice, bob, "For both")
    headers = HTMX | {"X-Made-For": str(alice.pk)}
    theirs = address.replace("bob", "alice")
    assert browse(alice).get(address, headers=headers).status_code == 200

    response = browse(bob).get(theirs, headers=headers)

    assert response.status_code == 400
    assert reason(response).startswith("This page was made for somebody else")
    assert browse(bob).get(theirs, headers={"X-Made-For": str(alice.pk)}).status_code == 200


@pytest.mark.parametrize("owner", ["0", "alice", "1\0", "-"])
def test_a_page_made_for_nobody_sends_nothing(owner, alice, bob, submit):
    answer = submit(alice, "compose", receiver="bob", content="Hi", made_for=owner)

    assert answer.status_code == 409
    assert not Message.objects.exists()


def test_the_text_survives_that_the_other_person_has_gone(alice, bob, submit, write):
    write(alice, bob)
    bob.delete()

    response = submit(alice, "conversation", "bob", content="Are you still there?")

    assert response.status_code == 404
    assert typed(soup(response)) == "Are you still there?"
