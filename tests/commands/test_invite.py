"""manage.py invite: a link that lets people in while sign-up is closed."""

import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from messaging.accounts import VALID_FOR
from messaging.models import User
from tests.conftest import PASSWORD
from tests.html import fields, heading, soup

FORM = {"username": "dora", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def link(db, settings):
    """What the command prints, without the name of the site."""
    output = StringIO()
    call_command("invite", stdout=output, stderr=StringIO())
    address = output.getvalue().strip()
    assert address.startswith(f"{settings.SITE_URL}{reverse('signup')}?")
    return address.removeprefix(settings.SITE_URL)


def days_pass(monkeypatch, days):
    then = time.time() + days * 24 * 60 * 60
    monkeypatch.setattr(time, "time", lambda: then)


def test_output_is_the_link_alone_and_says_aside_for_how_long():
    output, aside = StringIO(), StringIO()

    call_command("invite", stdout=output, stderr=aside)

    assert len(output.getvalue().splitlines()) == 1
    assert "7 days" in aside.getvalue()


def test_somebody_joins_by_the_link_and_by_nothing_less(link, client):
    bare = reverse("signup")
    assert client.get(bare).status_code == 403
    assert client.post(bare, FORM).status_code == 403
    page = soup(client.get(link))
    assert heading(page) == "Sign up"

    response = client.post(bare, fields(page) | FORM)

    assert response["Location"] == reverse("inbox")
    assert User.objects.get().username == "dora"


def test_the_link_works_for_seven_days_and_not_longer(link, client, monkeypatch):
    days_pass(monkeypatch, VALID_FOR.days - 0.1)
    assert client.get(link).status_code == 200

    days_pass(monkeypatch, 0.2)

    assert client.get(link).status_code == 403


@pytest.mark.parametrize("place", [-1, -30, -45])
def test_an_altered_link_is_refused(place, link, client):
    letter = "A" if link[place] != "A" else "B"
    altered = link[:place] + letter + link[place:][1:]
    assert client.get(link).status_code == 200

    assert client.get(altered).status_code == 403
