import pytest
from django.urls import reverse

from tests.html import badge_count, soup

ADDRESS = reverse("unread-badge")


@pytest.fixture
def poll(browse):
    """The answer to somebody's poll, which says what the page shows: `poll(alice, "3")`."""

    def poll(person, seen=None, **known):
        return browse(person).get(ADDRESS, known if seen is None else {"seen": seen, **known})

    return poll


def test_it_counts_what_one_has_not_read(alice, bob, charlie, poll, write):
    write(bob, alice)
    write(charlie, alice)
    write(bob, alice, read=True)
    write(alice, bob)

    assert badge_count(soup(poll(alice))) == "2"
    assert badge_count(soup(poll(bob))) == "1"


def test_it_is_empty_where_everything_is_read(alice, poll):
    response = poll(alice, "1")

    assert response.status_code == 200
    assert badge_count(soup(response)) == ""


def test_it_is_the_badge_and_nothing_else(alice, bob, poll, write):
    write(bob, alice)

    [root] = soup(poll(alice)).find_all(recursive=False)

    assert root["id"] == "unread-badge"


@pytest.mark.parametrize(("unread", "shown"), [(0, ""), (0, "0"), (3, "3"), (100, "99+")])
def test_nothing_is_sent_where_nothing_changed(unread, shown, alice, bob, poll, write):
    for _ in range(unread):
        write(bob, alice)

    response = poll(alice, shown)

    assert (response.status_code, response.content) == (204, b"")


@pytest.mark.parametrize("shown", ["", "1", "3", "99+", "two", "2\0"])
def test_the_badge_is_sent_where_something_changed(shown, alice, bob, poll, write):
    write(bob, alice)
    write(bob, alice)

    assert poll(alice, "2").status_code == 204
    assert badge_count(soup(poll(alice, shown))) == "2"


def test_the_badge_is_sent_where_another_message_is_unread(alice, bob, poll, write):
    first = write(bob, alice)
    assert poll(alice, "1", newest=first.pk).status_code == 204

    first.mark_read_by(alice)
    second = write(bob, alice)

    assert badge_count(soup(poll(alice, "1", newest=first.pk))) == "1"
    assert poll(alice, "1", newest=second.pk).status_code == 204
    second.mark_read_by(alice)
    assert poll(alice, "", newest=0).status_code == 204


def test_the_badge_knows_what_it_has_shown(alice, bob, browse, poll, write):
    write(bob, alice)
    write(bob, alice)
    badge = soup(poll(alice)).find(id="unread-badge")

    assert browse(alice).get(badge["hx-get"]).status_code == 204
    write(bob, alice)
    assert browse(alice).get(badge["hx-get"]).status_code == 200


def test_counting_ends_at_ninety_nine(alice, bob, poll, write):
    for _ in range(101):
        write(bob, alice)

    assert badge_count(soup(poll(alice, "99"))) == "99+"


def test_a_poll_without_a_session_has_nothing_to_swap(alice, browse):
    assert browse(alice).get(ADDRESS, headers={"HX-Request": "true"}).status_code == 200

    response = browse().get(ADDRESS, headers={"HX-Request": "true"})

    assert (response.status_code, response.content) == (401, b"")
