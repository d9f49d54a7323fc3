from datetime import UTC, datetime

import pytest
from django.urls import reverse

from messaging.models import MessageHistory
from tests.html import link, shown_messages, soup, text


@pytest.fixture
def message(alice, bob, write):
    return write(alice, bob, "One two three")


@pytest.fixture
def rewrite(message):
    """Edits the message: `rewrite("One", "Two")`."""

    def rewrite(*contents):
        for content in contents:
            message.edit(content, version=message.version)

    return rewrite


def versions(page):
    """The versions on a page, the newest first, as somebody hears them."""
    return [text(content) for content in page.select(".history .content")]


def captions(page):
    return [text(caption) for caption in page.select(".history li .meta")]


def test_every_version_is_there_for_both(alice, bob, message, rewrite, visit):
    rewrite("One 2 three", "One 2 three four")

    for reader in (alice, bob):
        page = visit(reader, "message-history", message.pk)
        assert shown_messages(page) == ["One 2 three four"]
        assert len(versions(page)) == 3
        assert versions(page)[-1] == "One two three"


def test_a_third_person_does_not_find_it(alice, charlie, browse, message, rewrite):
    rewrite("One")
    address = reverse("message-history", args=[message.pk])

    assert browse(alice).get(address).status_code == 200
    assert browse(charlie).get(address).status_code == 404


def test_differences_are_marked_by_words(alice, message, rewrite, visit):
    rewrite("One 2 three")

    newest = visit(alice, "message-history", message.pk).select_one(".history .content")

    for spoken in newest.select(".spoken"):
        spoken.extract()
    assert [text(deleted) for deleted in newest.find_all("del")] == ["two"]
    assert [text(inserted) for inserted in newest.find_all("ins")] == ["2"]
    assert newest.get_text() == "One two2 three"


def test_differences_are_also_said(alice, message, rewrite, visit):
    rewrite("One 2 three")

    newest, first = versions(visit(alice, "message-history", message.pk))

    assert newest == "One [removed: two ] [added: 2 ] three"
    assert first == "One two three"


def test_each_version_says_when_and_by_whom(alice, message, rewrite, visit):
    rewrite("One")
    MessageHistory.objects.update(edited_at=datetime(2024, 3, 9, 20, 30, tzinfo=UTC))
    alice.time_zone = "Asia/Tokyo"
    alice.save()

    newest, first = captions(visit(alice, "message-history", message.pk))

    assert newest == "10 Mar 2024, 05:30 · Alice Moreau · as it is now"
    assert first.endswith("Alice Moreau · first version")


def test_a_message_that_was_never_edited_has_one_version(alice, message, visit):
    page = visit(alice, "message-history", message.pk)

    assert versions(page) == ["One two three"]
    assert captions(page)[0].endswith("first version · as it is now")


def test_text_is_never_markup(alice, message, rewrite, visit):
    rewrite("<b>One</b>", "<b>Two</b>")

    page = visit(alice, "message-history", message.pk)

    assert "<b>" in versions(page)[0]
    assert page.select(".history .content b") == []


def test_earlier_versions_are_reached_exactly_once_by_following_links(
    alice, leaf, message, rewrite
):
    rewrite(*(f"Version {number}" for number in range(45)))

    pages = [
        len(versions(page))
        for page in leaf(alice, "Show earlier versions", "message-history", message.pk)
    ]

    assert pages == [20, 20, 6]


def test_only_the_newest_version_is_as_it_is_now(alice, leaf, message, rewrite):
    rewrite(*(f"Version {number}" for number in range(25)))

    first, last = leaf(alice, "Show earlier versions", "message-history", message.pk)

    assert [caption.endswith("as it is now") for caption in captions(first)] == [True] + 19 * [
        False
    ]
    assert not any(caption.endswith("as it is now") for caption in captions(last))


def test_a_page_cannot_start_in_the_history_of_another_message(
    alice, bob, browse, message, rewrite, write
):
    rewrite("One")
    other = write(alice, bob)
    other.edit("Hi", version=other.version)
    address = reverse("message-history", args=[message.pk])

    assert browse(alice).get(address, {"before": message.history.get().pk}).status_code == 200
    assert browse(alice).get(address, {"before": other.history.get().pk}).status_code == 404
    assert browse(alice).get(address, {"before": "abc"}).status_code == 400


def test_it_leads_back_to_the_message(alice, message, visit):
    page = visit(alice, "message-history", message.pk)

    assert link(page, "Close") == f"/messages/{message.pk}/#message-{message.pk}"


def test_htmx_gets_the_history_alone(alice, browse, message, rewrite):
    rewrite("One")
    address = reverse("message-history", args=[message.pk])

    response = browse(alice).get(address, headers={"HX-Request": "true"})

    [root] = soup(response).find_all(recursive=False)
    assert root["id"] == f"history-{message.pk}"
    assert len(versions(soup(response))) == 2
    assert "HX-Request" in response["Vary"]
