"""The list of messages alone: what is stored of it, and who shares it (see also test_caching)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from messaging.views import ConversationFragmentView
from tests.html import link, shown_messages, soup

PAGE = reverse("conversation", args=["bob"])
FRAGMENT = reverse("conversation-fragment", args=["bob"])


@pytest.fixture
def client(alice, bob, browse, write):
    """Alice, who talks with bob."""
    write(alice, bob, "One")
    write(bob, alice, "Two")
    return browse(alice)


@pytest.fixture
def renderings(monkeypatch):
    """A list that grows with every list of messages that is drawn and not taken from the cache."""
    drawn, draw = [], ConversationFragmentView.get_context_data

    def count(view, **kwargs):
        drawn.append(view.request.user.username)
        return draw(view, **kwargs)

    monkeypatch.setattr(ConversationFragmentView, "get_context_data", count)
    return drawn


def test_it_is_the_list_and_nothing_else(client):
    [root] = soup(client.get(FRAGMENT)).find_all(recursive=False)

    assert root["id"] == "conversation"
    assert shown_messages(root) == ["One", "Two"]


def test_earlier_messages_are_there_too(client, alice, bob, write):
    for number in range(30):
        write(bob, alice, f"Number {number}")
    earlier = link(soup(client.get(FRAGMENT)), "Show earlier messages")

    _, _, query = earlier.partition("?")

    assert shown_messages(soup(client.get(f"{FRAGMENT}?{query}"))) == ["One", "Two"]


def test_a_stored_list_reads_no_message(client):
    with CaptureQueriesContext(connection) as first:
        client.get(FRAGMENT)
    with CaptureQueriesContext(connection) as second:
        client.get(FRAGMENT)

    assert any('"content"' in query["sql"] for query in first)
    assert not any('"content"' in query["sql"] for query in second)
    assert len(second) == 3  # the session, its person, their place in the conversation


def test_a_second_session_of_the_same_person_shares_it(client, alice, browse, renderings):
    assert client.get(FRAGMENT).content == browse(alice).get(FRAGMENT).content

    assert renderings == ["alice"]


def test_the_other_person_does_not(client, bob, browse, renderings):
    client.get(FRAGMENT)
    browse(bob).get(reverse("conversation-fragment", args=["alice"]))

    assert renderings == ["alice", "bob"]


@pytest.mark.parametrize("query", ["", "?before=1000000"])
@pytest.mark.parametrize("addresses", [(PAGE, FRAGMENT), (FRAGMENT, PAGE)])
def test_the_page_shows_the_same_list_and_shares_it(query, addresses, client, renderings):
    answers = {address: client.get(f"{address}{query}").content for address in addresses}

    assert shown_messages(soup(client.get(f"{FRAGMENT}{query}"))) == ["One", "Two"]
    assert answers[FRAGMENT] in answers[PAGE]
    assert renderings == ["alice"]


def test_a_refused_form_is_drawn_around_it(client, renderings):
    client.get(FRAGMENT)

    response = client.post(PAGE, {"content": ""})

    assert response.status_code == 422
    assert shown_messages(soup(response)) == ["One", "Two"]
    assert renderings == ["alice"]


def test_made_up_parameters_store_nothing(client, renderings):
    assert client.get(FRAGMENT).status_code == 200
    assert client.get(f"{FRAGMENT}?x=1").status_code == 400
    assert client.get(f"{FRAGMENT}?before=1&x=2").status_code == 400
    assert client.get(f"{PAGE}?x=3").status_code == 200
    assert renderings == ["alice"]


def test_nothing_stored_could_be_sent_as_somebody(client):
    for _ in range(2):
        page = soup(client.get(FRAGMENT))
        assert page.select("article.message")
        assert page.select("form, input, [name=csrfmiddlewaretoken]") == []


def test_browsers_are_told_to_store_nothing(client):
    for _ in range(2):
        response = client.get(FRAGMENT)
        assert response["Cache-Control"] == "private, no-store"
        assert not {"Expires", "Age", "Last-Modified", "ETag"} & response.headers.keys()
        assert not response.cookies


def test_htmx_without_a_session_gets_nothing_to_swap(client, browse):
    assert client.get(FRAGMENT, headers={"HX-Request": "true"}).status_code == 200

    response = browse().get(FRAGMENT, headers={"HX-Request": "true"})

    assert (response.status_code, response.content) == (401, b"")
