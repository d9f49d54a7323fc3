"""What happens without a reload, with scripts on."""

import re

import pytest
from playwright.sync_api import expect


@pytest.fixture
def alice(newcomer):
    alice = newcomer("Alice", javascript=True)
    alice.signs_up()
    return alice


@pytest.fixture
def thread(alice, bob):
    """Alice's page of their conversation, with a thread that bob replied to."""
    alice.writes_to(bob, "The question.")
    bob.visits("conversation", alice.username)
    bob.replies_to("The question.", "The answer.")
    alice.visits("conversation", bob.username)
    return alice.page.locator("details.replies")


def requests_for(page, pattern):
    """Collects the requests of this page whose address matches."""
    found = []
    page.on("request", lambda request: re.search(pattern, request.url) and found.append(request))
    return found


def test_the_badge_and_the_title_follow_without_a_reload(alice, bob):
    alice.visits("inbox")
    alice.sees_unread_count(0)

    bob.writes_to(alice, "Are you there?")

    alice.sees_unread_count(1)
    expect(alice.page).to_have_title(re.compile(r"^\(1\) "))


def test_reading_in_one_tab_clears_the_badge_in_the_other(alice, bob):
    bob.writes_to(alice, "Are you there?")
    alice.visits("compose")
    other = alice.in_another_tab()
    other.visits("inbox")
    alice.sees_unread_count(1)

    other.presses("Mark these as read")

    alice.sees_unread_count(0)
    expect(alice.page).to_have_title(re.compile(r"^New message"))


def test_a_thread_unfolds_in_place_and_is_fetched_once(alice, thread):
    asked = requests_for(alice.page, "/replies/")
    summary = thread.locator("> summary")

    summary.click()
    alice.sees_messages("The question.", "The answer.")
    summary.click()
    summary.click()

    alice.sees_messages("The question.", "The answer.")
    assert len(asked) == 1


def test_a_thread_that_could_not_be_fetched_can_be_tried_again(alice, thread):
    summary = thread.locator("> summary")
    alice.page.route("**/replies/", lambda route: route.fulfill(status=404))
    summary.click()
    alice.is_told("This is no longer here.")

    alice.page.unroute("**/replies/")
    alice.page.get_by_role("link", name="Open this thread").click()

    alice.sees_messages("The question.", "The answer.")
    expect(alice.page.get_by_text("This is no longer here.")).to_be_hidden()


def test_a_thread_unfolds_by_keyboard(alice, thread):
    thread.locator("> summary").focus()
    alice.page.keyboard.press("Enter")
    alice.sees_messages("The question.", "The answer.")


def test_more_replies_join_those_that_are_there(alice, bob, thread):
    bob.visits("conversation", alice.username)
    question = alice.page.locator("article").first.get_attribute("id").split("-")[1]
    bob.posts_all([f"Answer {n}" for n in range(2, 26)], to=question)
    thread.locator("> summary").click()
    expect(alice.page.get_by_role("article")).to_have_count(21)

    alice.page.get_by_role("link", name="Show more replies").click()

    expect(alice.page.get_by_role("article")).to_have_count(26)
    expect(alice.page.get_by_role("link", name="Show more replies")).to_have_count(0)


def test_who_is_signed_out_is_told_so_and_nothing_is_swapped(alice, bob):
    alice.visits("inbox")
    alice.page.context.clear_cookies()

    alice.is_told("You are signed out.")
    alice.sees_heading("Unread")
