from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.urls import reverse

from messaging.models import User
from tests.conftest import PASSWORD
from tests.html import alert, errors, heading, soup, typed

ADDRESS = reverse("login")


@pytest.fixture
def sign_in(db, client):
    """The answer to a sign-in: `sign_in("alice", PASSWORD)`."""

    def sign_in(username, password, **fields):
        return client.post(ADDRESS, {"username": username, "password": password} | fields)

    return sign_in


def test_signing_in_leads_to_the_inbox(alice, client, sign_in):
    response = sign_in("alice", PASSWORD)

    assert response.status_code == 303
    assert response["Location"] == reverse("inbox")
    assert heading(soup(client.get("/"))) == "Unread"


def test_signing_in_leads_to_the_page_that_was_asked_for(alice, client, sign_in):
    asked = client.get("/account/")

    assert asked["Location"] == "/accounts/login/?next=/account/"
    page = soup(client.get(asked["Location"]))
    assert sign_in("alice", PASSWORD, next=typed(page, "next"))["Location"] == "/account/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_signing_in_never_leads_off_the_site(elsewhere, alice, sign_in):
    assert sign_in("alice", PASSWORD, next=elsewhere)["Location"] == "/"


@pytest.mark.parametrize("name", ["ALICE", "Alice", "ａｌｉｃｅ"])
def test_the_name_may_be_written_in_other_capitals(name, alice, sign_in):
    assert sign_in(name, PASSWORD).status_code == 303


def test_the_name_may_be_written_in_other_capitals_in_any_script(sign_in):
    User.objects.create_user("ünal", password=PASSWORD)

    assert sign_in("ÜNAL", PASSWORD).status_code == 303


def test_the_session_gets_a_new_key(alice, client, sign_in):
    client.get(ADDRESS)
    session = client.session
    session.save()
    client.cookies["sessionid"] = session.session_key

    sign_in("alice", PASSWORD)

    assert client.cookies["sessionid"].value != session.session_key


def answer(response):
    """What a page tells somebody who guesses: all but the name typed and the token."""
    page = soup(response)
    for field in page.select("[name=csrfmiddlewaretoken], [name=username]"):
        field.decompose()
    return response.status_code, str(page), response.headers.get("Retry-After")


def test_a_wrong_password_and_an_unknown_name_look_the_same(alice, sign_in):
    wrong, unknown = sign_in("alice", "wrong"), sign_in("nobody", "wrong")

    assert wrong.status_code == 422
    assert len(errors(soup(wrong))) == 1
    assert answer(wrong) == answer(unknown)
    assert typed(soup(wrong), "username") == "alice"
    assert typed(soup(wrong), "password") == ""


def test_somebody_inactive_looks_the_same_too(alice, bob, sign_in):
    assert sign_in("bob", PASSWORD).status_code == 303
    bob.is_active = False
    bob.save()

    inactive, wrong = sign_in("bob", PASSWORD), sign_in("alice", "wrong")

    assert inactive.status_code == 422
    assert answer(inactive) == answer(wrong)


# Guessing


def guess(sign_in, *names):
    return [sign_in(name, f"guess {number}") for number, name in enumerate(names)]


def test_the_fifth_wrong_password_locks_the_name(alice, sign_in):
    answers = guess(sign_in, *["alice"] * 5)

    assert [response.status_code for response in answers] == [422] * 4 + [429]
    assert answers[-1]["Retry-After"] == "900"
    assert heading(soup(answers[-1])) == "Too many attempts"
    assert "Wait a quarter of an hour" in alert(soup(answers[-1]))
    assert sign_in("alice", PASSWORD).status_code == 429


def test_an_unknown_name_is_locked_just_the_same(alice, sign_in):
    known = guess(sign_in, *["alice"] * 6)
    unknown = guess(sign_in, *["nobody"] * 6)

    assert known[-1].status_code == 429
    assert [answer(response) for response in known] == [answer(response) for response in unknown]


def test_other_capitals_do_not_start_again(alice, sign_in):
    guess(sign_in, "alice", "Alice", "ALICE", "aLICE", "ａｌｉｃｅ")

    assert sign_in("alice", PASSWORD).status_code == 429


def test_others_are_not_locked_with_them(alice, bob, sign_in):
    guess(sign_in, *["alice"] * 5)

    assert sign_in("alice", PASSWORD).status_code == 429
    assert sign_in("bob", PASSWORD).status_code == 303


def test_a_right_password_forgives_the_wrong_ones(alice, client, sign_in):
    guess(sign_in, *["alice"] * 4)
    assert sign_in("alice", PASSWORD).status_code == 303
    client.logout()

    assert [response.status_code for response in guess(sign_in, *["alice"] * 4)] == [422] * 4


def test_the_lock_opens_by_itself(alice, sign_in):
    guess(sign_in, *["alice"] * 5)
    assert sign_in("alice", PASSWORD).status_code == 429

    for attempt in AccessAttempt.objects.all():
        attempt.attempt_time -= timedelta(minutes=15)
        attempt.save()

    assert sign_in("alice", PASSWORD).status_code == 303


@pytest.mark.parametrize("name", ["ß" * 150, "ΐ" * 150, "x" * 5_000, "a\0b", "", " "])
def test_no_name_breaks_the_page(name, sign_in):
    assert sign_in(name, "guess").status_code == 422


# Signing out


def test_signing_out_is_a_post_that_makes_the_browser_forget(alice, browse):
    client = browse(alice)
    assert client.get(reverse("logout")).status_code == 405
    assert client.get("/").status_code == 200

    response = client.post(reverse("logout"))

    assert response.status_code == 303
    assert response["Location"] == ADDRESS
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/").status_code == 302


def test_signing_out_ends_this_session_alone(alice, browse):
    here, elsewhere = browse(alice), browse(alice)

    here.post(reverse("logout"))

    assert here.get("/").status_code == 302
    assert elsewhere.get("/").status_code == 200
