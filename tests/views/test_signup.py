import pytest
from django.core import signing
from django.urls import reverse

from messaging import accounts
from messaging.forms import SignUpForm
from messaging.models import User
from tests.conftest import PASSWORD
from tests.html import badge_count, errors, heading, link, soup, text, typed

ADDRESS = reverse("signup")


@pytest.fixture
def open_to_all(settings):
    settings.SIGNUP = "open"


@pytest.fixture
def join(db, client):
    """The answer to a new person's form: `join("dora")`."""

    def join(username, **fields):
        form = {"username": username, "password1": PASSWORD, "password2": PASSWORD} | fields
        return client.post(ADDRESS, form)

    return join


@pytest.fixture
def invitation():
    """What a link carries that lets people in while sign-up is closed."""
    _, _, invitation = accounts.invitation_link().partition("?invitation=")
    return invitation


def test_whoever_joins_is_signed_in_and_may_write(open_to_all, join, client, alice):
    response = join("dora", display_name="Dora", email="dora@example.org")

    assert response.status_code == 303
    assert response["Location"] == reverse("inbox")
    assert badge_count(soup(client.get("/"))) == ""
    dora = User.objects.get(username="dora")
    assert (dora.name, dora.email) == ("Dora", "dora@example.org")
    assert client.post("/compose/", {"receiver": "alice", "content": "Hi"}).status_code == 303
    assert alice.received_messages.get().sender == dora


def test_an_invisible_display_name_is_none(open_to_all, join):
    join("dora", display_name="\u200b")

    assert User.objects.get().name == "dora"


def test_joining_gives_no_rights(open_to_all, join):
    join("dora", is_staff="on", is_superuser="on")

    dora = User.objects.get(username="dora")
    assert not dora.is_staff
    assert not dora.is_superuser


def test_whoever_is_signed_in_already_need_not(open_to_all, alice, browse):
    assert browse().get(ADDRESS).status_code == 200
    assert browse(alice).get(ADDRESS)["Location"] == reverse("inbox")


# Names


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("dora", "dora"),
        ("dora", "DORA"),
        ("ünal", "ÜNAL"),
        ("straße", "STRASSE"),
        ("ﬁona", "fiona"),
    ],
)
def test_a_taken_name_is_refused_whatever_its_capitals(first, second, open_to_all, join, client):
    assert join(first).status_code == 303
    client.logout()

    response = join(second)

    assert response.status_code == 422
    assert errors(soup(response)) == ["This user name is taken. Choose another."]
    assert typed(soup(response), "username") == second
    assert User.objects.count() == 1


def test_a_name_that_is_taken_at_that_moment_is_refused_too(open_to_all, join, monkeypatch):
    save = SignUpForm.save
    monkeypatch.setattr(
        SignUpForm, "save", lambda form: (User.objects.create_user("Dora"), save(form))[1]
    )

    response = join("dora")

    assert response.status_code == 422
    assert errors(soup(response)) == ["This user name is taken. Choose another."]
    assert User.objects.get().username == "Dora"


@pytest.mark.parametrize("name", ["", "do ra", "do/ra", "<dora>", "do\0ra", "x" * 151])
def test_a_name_that_cannot_be_is_refused(name, open_to_all, join):
    assert join(name).status_code == 422
    assert not User.objects.exists()


@pytest.mark.parametrize("name", [".", "..", "@", "@dora", "-"])
def test_a_name_that_would_lead_elsewhere_is_refused(name, open_to_all, join):
    response = join(name)

    assert response.status_code == 422
    assert errors(soup(response)) == ["Begin with a letter or a digit."]


@pytest.mark.parametrize(
    ("password1", "password2"),
    [("short", "short"), ("dora-dora", "dora-dora"), ("12345678", "12345678"), (PASSWORD, "other")],
)
def test_a_weak_or_mistyped_password_is_refused_and_not_given_back(
    password1, password2, open_to_all, join
):
    response = join("dora-dora", password1=password1, password2=password2)

    assert response.status_code == 422
    assert errors(soup(response))
    assert typed(soup(response), "username") == "dora-dora"
    assert typed(soup(response), "password1") == typed(soup(response), "password2") == ""


# Closed, unless invited


def test_a_closed_site_says_so_and_lets_nobody_in(join, client):
    page = client.get(ADDRESS)

    assert page.status_code == 403
    assert heading(soup(page)) == "By invitation"
    assert join("dora").status_code == 403
    assert not User.objects.exists()


def test_only_an_open_site_offers_to_join(db, client, settings):
    assert link(soup(client.get("/accounts/login/")), "Sign up") is None

    settings.SIGNUP = "open"

    assert link(soup(client.get("/accounts/login/")), "Sign up") == ADDRESS


def test_an_invitation_lets_people_in(client, invitation, join):
    page = client.get(f"{ADDRESS}?invitation={invitation}")

    assert heading(soup(page)) == "Sign up"
    assert typed(soup(page), "invitation") == invitation
    assert join("dora", invitation=invitation).status_code == 303
    assert User.objects.get().username == "dora"


def test_an_invitation_survives_a_refused_form(invitation, join):
    response = join("do ra", invitation=invitation)

    assert response.status_code == 422
    assert typed(soup(response), "invitation") == invitation


def test_an_invitation_expires(client, invitation, monkeypatch):
    assert client.get(ADDRESS, {"invitation": invitation}).status_code == 200

    monkeypatch.setattr(accounts, "VALID_FOR", -accounts.VALID_FOR)

    response = client.get(ADDRESS, {"invitation": invitation})
    assert response.status_code == 403
    assert "older than seven days" in text(soup(response))


@pytest.mark.parametrize("forged", ["", "join", "join:1:x", "\0"])
def test_a_forged_invitation_lets_nobody_in(forged, client, invitation, join):
    assert client.get(ADDRESS, {"invitation": invitation}).status_code == 200
    assert client.get(ADDRESS, {"invitation": forged}).status_code == 403
    assert join("dora", invitation=forged).status_code == 403


def test_what_the_site_signed_for_something_else_lets_nobody_in(client, invitation):
    other = signing.TimestampSigner(salt="something else").sign("join")

    assert client.get(ADDRESS, {"invitation": invitation}).status_code == 200
    assert client.get(ADDRESS, {"invitation": other}).status_code == 403
