import re
from threading import Event, Thread

import pytest
from django.contrib.auth import forms
from django.core import mail
from django.urls import reverse

from tests.conftest import PASSWORD
from tests.html import errors, flash, heading, link, soup, text

NEW = "a wholly new phrase"
RESET = reverse("password_reset")


@pytest.fixture
def change(browse):
    """The answer to a change of password by this client: `change(client, PASSWORD, NEW)`."""

    def change(client, old, new, again=None):
        fields = {"old_password": old, "new_password1": new, "new_password2": again or new}
        return client.post(reverse("password_change"), fields)

    return change


def test_a_changed_password_is_the_one_that_counts(alice, browse, change):
    client = browse(alice)

    response = change(client, PASSWORD, NEW)

    assert response.status_code == 303
    assert response["Location"] == reverse("profile")
    page = soup(client.get(response["Location"]))
    assert flash(page) == "Your password is changed; other sessions are ended."
    alice.refresh_from_db()
    assert alice.check_password(NEW)


def test_changing_it_ends_the_other_sessions(alice, browse, change):
    here, elsewhere = browse(alice), browse(alice)
    assert elsewhere.get("/").status_code == 200

    change(here, PASSWORD, NEW)

    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


@pytest.mark.parametrize(
    ("old", "new", "again"),
    [("wrong", NEW, NEW), (PASSWORD, NEW, "other"), (PASSWORD, "short", "short")],
)
def test_a_refused_change_changes_nothing(old, new, again, alice, browse, change):
    response = change(browse(alice), old, new, again)

    assert response.status_code == 422
    assert len(errors(soup(response))) == 1
    assert not any(typed in response.content.decode() for typed in (old, new) if typed != "short")
    alice.refresh_from_db()
    assert alice.check_password(PASSWORD)


# Reset by e-mail


@pytest.fixture
def with_mail(alice):
    alice.email = "alice@example.org"
    alice.save()
    return alice


@pytest.fixture
def ask(client):
    """The page after asking for a new password for this address."""

    def ask(address):
        return client.post(RESET, {"email": address}, follow=True)

    return ask


def mailed_link():
    return re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]


def test_a_new_password_comes_by_mail(with_mail, ask, client):
    ask("alice@example.org")
    [message] = mail.outbox
    assert message.to == ["alice@example.org"]
    assert message.subject == "Reset your Parley password"

    form = client.get(mailed_link(), follow=True)
    assert heading(soup(form)) == "Choose a new password"
    response = client.post(form.request["PATH_INFO"], {"new_password1": NEW, "new_password2": NEW})

    assert response.status_code == 303
    assert flash(soup(client.get(response["Location"]))).startswith("Your password is changed.")
    response = client.post(reverse("login"), {"username": "alice", "password": NEW})
    assert response.status_code == 303


@pytest.fixture
def reset(ask, client):
    """The answer to a new password, chosen by way of the mail."""

    def reset(password, again=None):
        ask("alice@example.org")
        form = client.get(mailed_link(), follow=True)
        fields = {"new_password1": password, "new_password2": again or password}
        return client.post(form.request["PATH_INFO"], fields)

    return reset


def test_the_address_may_be_written_in_other_capitals(with_mail, ask):
    ask("Alice@Example.ORG")

    assert len(mail.outbox) == 1


def test_the_link_works_once(with_mail, client, reset):
    assert reset(NEW).status_code == 303

    response = client.get(mailed_link(), follow=True)

    assert "This link was used already" in text(soup(response))
    assert link(soup(response), "Ask for a new one") == RESET


def test_the_link_opens_nothing_for_a_changed_token(with_mail, ask, client):
    ask("alice@example.org")

    response = client.get(mailed_link()[:-3] + "x/", follow=True)

    assert "This link was used already" in text(soup(response))


def test_a_refused_new_password_can_be_tried_again(with_mail, reset):
    response = reset(NEW, "other")

    assert response.status_code == 422
    assert len(errors(soup(response))) == 1


def test_a_reset_ends_every_session(with_mail, browse, reset):
    elsewhere = browse(with_mail)
    assert elsewhere.get("/").status_code == 200

    reset(NEW)

    assert elsewhere.get("/").status_code == 302


def test_a_reset_opens_the_lock(with_mail, client, reset):
    for _ in range(5):
        response = client.post(reverse("login"), {"username": "Alice", "password": "guess"})
    assert response.status_code == 429
    assert link(soup(response), "Reset your password") == RESET

    reset(NEW)

    response = client.post(reverse("login"), {"username": "alice", "password": NEW})
    assert response.status_code == 303


def test_asking_does_not_reveal_who_has_an_account(with_mail, ask):
    known, unknown = ask("alice@example.org"), ask("nobody@example.org")

    assert len(mail.outbox) == 1
    assert heading(soup(known)) == "Look into your mail"
    assert known.content == unknown.content
    assert known.redirect_chain == unknown.redirect_chain


def test_what_is_no_address_is_refused(db, client):
    response = client.post(RESET, {"email": "nowhere"})

    assert response.status_code == 422
    assert len(errors(soup(response))) == 1
    assert mail.outbox == []


def test_the_mail_says_nothing_but_the_name_and_the_link(with_mail, bob, ask, write):
    write(bob, with_mail, "A secret")

    ask("alice@example.org")

    assert mail.outbox[0].body.startswith("Hello alice,")
    assert "A secret" not in mail.outbox[0].body
    assert PASSWORD not in mail.outbox[0].body


def test_the_answer_does_not_wait_for_the_mail(alice, submit, monkeypatch):
    alice.email = "alice@a.example"
    alice.save()
    answered, sent = Event(), Event()

    def send_mail(form, *args, **kwargs):
        assert answered.wait(timeout=30)
        sent.set()

    monkeypatch.setattr(forms.PasswordResetForm, "send_mail", send_mail)
    monkeypatch.setattr("messaging.forms.Thread", Thread)

    submit(None, "password_reset", email=alice.email)

    assert not sent.is_set()
    answered.set()
    assert sent.wait(timeout=30)
