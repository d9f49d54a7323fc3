import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from messaging.views import InboxView
from tests.html import heading, link, soup, text


def looks_like_the_site(page):
    """Whether a page has the site's style, its name, and a way on."""
    styled = page.select("link[rel=stylesheet]")
    return bool(styled) and "Parley" in text(page.main) and link(page, "Go to the inbox") == "/"


def test_nothing_at_an_address(alice, browse):
    response = browse(alice).get("/nowhere/")

    assert response.status_code == 404
    assert heading(soup(response)) == "Nothing here"
    assert looks_like_the_site(soup(response))


def test_nothing_for_somebody_signed_out_either(db, client):
    response = client.get("/nowhere/")

    assert response.status_code == 404
    assert looks_like_the_site(soup(response))


def test_what_may_not_be_done_is_refused_with_the_reason(alice, bob, browse, write):
    message = write(alice, bob)

    response = browse(bob).get(reverse("message-edit", args=[message.pk]))

    assert response.status_code == 403
    assert heading(soup(response)) == "Not allowed"
    assert "Only the person who wrote a message can edit it." in text(soup(response))
    assert looks_like_the_site(soup(response))


def test_an_address_that_makes_no_sense_is_refused_with_the_reason(alice, browse):
    response = browse(alice).get("/?before=yesterday")

    assert response.status_code == 400
    assert heading(soup(response)) == "This address is not right"
    assert "This address asks for a page that cannot be." in text(soup(response))
    assert looks_like_the_site(soup(response))


def test_the_words_of_the_framework_are_not_for_readers(db, client):
    response = client.get("/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert "ALLOWED_HOSTS" not in text(soup(response))
    assert "The site could not make sense of what was sent." in text(soup(response))
    assert looks_like_the_site(soup(response))


@pytest.fixture
def breakage(monkeypatch):
    """The inbox is broken."""

    def broken(*args, **kwargs):
        raise RuntimeError("a secret of the server")

    monkeypatch.setattr(InboxView, "get_context_data", broken)


def test_what_broke_is_not_shown(alice, breakage, caplog):
    client = Client(raise_request_exception=False)
    client.force_login(alice)

    response = client.get("/")

    assert response.status_code == 500
    assert heading(soup(response)) == "Something broke"
    assert "a secret of the server" not in response.content.decode()
    assert looks_like_the_site(soup(response))
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_what_broke_is_answered_as_privately_as_all_else(alice, breakage):
    client = Client(raise_request_exception=False)
    client.force_login(alice)

    response = client.get("/")

    assert response["Cache-Control"] == "private, no-store"
    assert "default-src 'none'" in response["Content-Security-Policy"]


def test_only_what_broke_is_logged(alice, browse, caplog):
    assert browse(alice).get("/nowhere/").status_code == 404
    assert browse(alice).post("/unread/").status_code == 405

    assert caplog.records == []


# For the machine


def test_the_health_check_asks_the_database_and_nothing_else(client, db):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        response = client.get("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")
    assert [query["sql"] for query in queries] == ["SELECT 1"]
    assert not response.cookies


def test_the_health_check_is_only_asked(client, db):
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


def test_a_dead_database_is_no_health(client, monkeypatch):
    def refuse():
        raise ConnectionError

    monkeypatch.setattr(connection, "cursor", refuse)
    client.raise_request_exception = False

    assert client.get("/healthz").status_code == 500
