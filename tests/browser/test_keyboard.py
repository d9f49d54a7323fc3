"""Everything by keyboard alone, with scripts on; the focus is never lost.

The stories of other files are imported to be lived here too, by the people of this file.
"""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.people import Somebody
from tests.browser.test_sessions import (  # noqa: F401
    charlie,
    test_an_edit_from_an_old_tab_shows_both_texts,
    test_back_after_deleting_the_account_shows_nothing_private,
    test_back_after_signing_out_shows_nothing_private,
    test_back_shows_the_whole_page_again,
    test_deleting_the_account_ends_its_other_sessions,
    test_nobody_sends_as_whoever_signed_in_meanwhile,
    test_one_person_at_two_browsers,
    test_what_was_typed_and_left_is_there_at_another_browser,
    test_what_was_typed_outlives_the_session,
)
from tests.browser.test_story import (  # noqa: F401
    test_a_history_on_a_page_of_its_own_leads_back_to_its_message,
    test_alice_and_bob_from_sign_up_to_farewell,
)

MOST_STOPS = 100  # of Tab, once around a page

WHEN_OPENED = "performance.timeOrigin"
HAS_FOCUS = "control => control === document.activeElement"
PRESS_WHAT_COMES = """addEventListener("htmx:afterSwap",
    () => setTimeout(() => document.activeElement.click()), {once: true})"""
CARET = "field => [field.selectionStart, field.selectionEnd]"


class Typist(Somebody):
    """Somebody without a mouse."""

    def hits(self, *keys):
        for key in keys:
            self.page.keyboard.press(key)

    def enters(self, text):
        self.page.keyboard.type(text)

    def reaches(self, control):
        """Tab on to a control."""
        for _ in range(MOST_STOPS):
            if control.evaluate(HAS_FOCUS):
                break
            self.hits("Tab")
        self.is_at(control)

    def is_at(self, control):
        expect(control).to_be_focused()
        expect(control).to_be_in_viewport()

    def uses(self, control):
        self.reaches(control)
        self.hits("Enter")

    def fills(self, field, text):
        self.reaches(field)
        self.hits("Control+A")
        self.enters(text)

    def gets(self, control):
        opened = self.page.evaluate(WHEN_OPENED)
        super().gets(control)
        if self.page.evaluate(WHEN_OPENED) == opened:
            expect(self.page.locator("body")).not_to_be_focused()  # where focus goes that is lost

    def link(self, name, text):
        """The link of this name at the message that says `text`."""
        return self.message(text).get_by_role("link", name=name, exact=True)

    def button(self, name, text):
        return self.message(text).get_by_role("button", name=name, exact=True)

    @property
    def reply(self):
        return self.page.get_by_placeholder("Reply to ")


@pytest.fixture
def newcomer(person):
    def make(name, username=None, **options):
        return Typist(name, person(javascript=True, **options).page, username)

    return make


def test_enter_makes_a_new_line_and_with_ctrl_it_sends(alice, bob):
    alice.writes_to(bob, "Hello.")
    alice.reaches(alice.composer)
    alice.enters("At eight.\nOr at nine.")
    alice.sees_typed("At eight.\nOr at nine.")
    alice.sees_messages("Hello.")
    alice.hits("Control+Enter")
    alice.sees_messages("Hello.", "At eight. Or at nine.")
    alice.is_at(alice.composer)
    alice.sees_typed("")


def test_a_thread_unfolds_and_folds(alice, bob):
    alice.writes_to(bob, "The question.")
    bob.visits("conversation", alice.username)
    bob.replies_to("The question.", "The answer.")
    alice.visits("conversation", bob.username)
    summary = alice.page.locator("summary", has_text="1 reply")
    for key in ("Enter", "Space"):
        alice.reaches(summary)
        alice.hits(key)
        alice.sees_messages("The question.", "The answer.")
        alice.is_at(summary)
        alice.hits(key)
        alice.sees_messages("The question.")
        alice.is_at(summary)


def test_escape_gives_up_a_reply_and_ctrl_enter_sends_it(alice, bob):
    alice.writes_to(bob, "The question.")
    alice.uses(alice.link("Reply", "The question."))
    alice.is_at(alice.reply)
    alice.enters("Never mind.")
    alice.hits("Escape")
    expect(alice.reply).to_have_count(0)
    alice.is_at(alice.link("Reply", "The question."))
    alice.hits("Enter")
    alice.is_at(alice.reply)
    alice.fills(alice.reply, "The answer.")
    alice.hits("Control+Enter")
    alice.sees_messages("The question.", "The answer.")
    alice.is_at(alice.link("Reply", "The question."))


def test_cancel_gives_up_a_reply_too(alice, bob):
    alice.writes_to(bob, "The question.")
    alice.uses(alice.link("Reply", "The question."))
    alice.is_at(alice.reply)
    alice.follows("Cancel")
    expect(alice.reply).to_have_count(0)
    alice.is_at(alice.link("Reply", "The question."))


@pytest.mark.parametrize("give_up", ["Escape", "Cancel"])
def test_an_edit_is_given_up(give_up, alice, bob):
    alice.writes_to(bob, "At eight.")
    alice.follows("Edit")
    alice.is_at(alice.composer)
    alice.sees_typed("At eight.")
    assert alice.composer.evaluate(CARET) == [len("At eight.")] * 2
    alice.enters(" Or nine.")
    alice.sees_typed("At eight. Or nine.")
    if give_up == "Escape":
        alice.hits("Escape")
    else:
        alice.follows("Cancel")
    alice.is_at(alice.link("Edit", "At eight."))
    alice.sees_messages("At eight.")
    alice.sees_nothing_of("nine")


@pytest.mark.parametrize("save", ["Control+Enter", "Save"])
def test_an_edit_is_saved(save, alice, bob):
    alice.writes_to(bob, "At eight.")
    alice.follows("Edit")
    alice.enters(" Or nine.")
    if save == "Save":
        alice.presses("Save")
    else:
        alice.hits("Control+Enter")
    alice.is_at(alice.link("Edit", "At eight. Or nine."))
    alice.sees_messages("At eight. Or nine.")


def test_the_history_opens_and_closes(alice, bob):
    alice.writes_to(bob, "At eight.")
    alice.edits("At eight.", to="At nine.")
    edited, versions = alice.link("edited", "At nine."), alice.versions_of("At nine.")
    alice.uses(edited)
    expect(versions).to_have_count(2)
    alice.is_at(edited)
    alice.hits("Escape")
    expect(versions).to_have_count(0)
    alice.is_at(edited)
    alice.hits("Enter")
    expect(versions).to_have_count(2)
    alice.follows("Close")
    expect(versions).to_have_count(0)
    alice.is_at(edited)


def test_reading_and_unreading_stay_where_they_were(alice, bob):
    alice.writes_to(bob, "Hello.")
    bob.visits("conversation", alice.username)
    for key in ("Enter", "Space"):
        bob.reaches(bob.button("Mark as read", "Hello."))
        bob.hits(key)
        bob.is_at(bob.button("Unread from here", "Hello."))
        bob.sees_unread_count(0)
        bob.hits(key)
        bob.is_at(bob.button("Mark as read", "Hello."))
        bob.sees_unread_count(1)
    bob.presses("Mark all as read")
    bob.sees_unread_count(0)


def test_what_has_just_come_can_be_pressed_at_once(alice, bob):
    alice.writes_to(bob, "Hello.")
    bob.visits("conversation", alice.username)
    bob.page.evaluate(PRESS_WHAT_COMES)
    with bob.page.expect_response(re.compile("/unread/$")):
        bob.presses("Mark as read")
    bob.is_at(bob.button("Mark as read", "Hello."))
    bob.sees_unread_count(1)


def test_what_the_other_one_does_leaves_the_focus_alone(alice, bob):
    alice.writes_to(bob, "Hello.")
    bob.visits("conversation", alice.username)
    bob.reaches(bob.link("Reply", "Hello."))
    alice.edits("Hello.", to="Hello, Bob.")
    expect(bob.message("Hello, Bob.")).to_be_visible()
    bob.is_at(bob.link("Reply", "Hello, Bob."))
    alice.sends("How are you?")
    expect(bob.message("How are you?")).to_be_visible()
    bob.is_at(bob.link("Reply", "Hello, Bob."))


def test_signing_out(alice):
    alice.signs_out()
