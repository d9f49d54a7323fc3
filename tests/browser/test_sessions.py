"""Who is signed in where, and what becomes of what was typed when that changes."""

import re

import pytest

from tests.browser.ways import both_ways

pytestmark = both_ways

# The browser then keeps no page as it was left, and has to load it on the way back.
HEED_LEAVING = "addEventListener('unload', () => {})"


@pytest.fixture
def charlie(member):
    return member("Charlie")


def test_one_person_at_two_browsers(alice, bob, newcomer):
    laptop, phone = alice, newcomer("Alice", username=alice.username)
    phone.signs_in()
    laptop.writes_to(bob, "Written on the laptop.")
    phone.visits("conversation", bob.username)
    phone.sees_messages("Written on the laptop.")
    phone.signs_out()
    laptop.visits("conversation", bob.username)
    laptop.sees_messages("Written on the laptop.")


def test_back_after_signing_out_shows_nothing_private(alice, bob):
    alice.writes_to(bob, "Just between us.")
    alice.replies_to("Just between us.", "And the two of us.")
    alice.sees("And the two of us.")
    alice.signs_out()
    for _ in range(3):
        alice.goes_back()
        alice.sees_heading("Sign in")
        alice.sees_nothing_of("us.")


def test_back_after_deleting_the_account_shows_nothing_private(alice, bob):
    alice.writes_to(bob, "Just between us.")
    alice.deletes_the_account()
    for _ in range(3):
        alice.goes_back()
        alice.sees_heading("Sign in")
        alice.sees_nothing_of("Just between us.")


def test_back_shows_the_whole_page_again(alice, bob):
    alice.page.add_init_script(HEED_LEAVING)
    first = alice.writes_to(bob, "Hello.")
    alice.replies_to("Hello.", "Once more.")
    for address in (("conversation", bob.username), ("message", first), ("message-replies", first)):
        alice.visits(*address)
        alice.follows("Reply", within=alice.message("Hello."))
        heading = alice.page.get_by_role("heading", level=1).text_content()
        alice.follows("New")
        alice.goes_back()
        alice.sees_heading(heading)
        alice.sees_listed("Bob")
        alice.sees("Hello.")


def test_deleting_the_account_ends_its_other_sessions(alice, newcomer):
    phone = newcomer("Alice", username=alice.username)
    phone.signs_in()
    alice.deletes_the_account()
    phone.visits("inbox")
    phone.sees_heading("Sign in")


def test_pressing_send_twice_makes_one_message(alice, bob):
    alice.writes_to(bob, "Hello.")
    alice.types("Sent once.")
    alice.page.get_by_role("button", name="Send").dblclick()
    alice.sees_messages("Hello.", "Sent once.")
    bob.visits("conversation", alice.username)
    bob.sees_messages("Hello.", "Sent once.")


def test_an_edit_from_an_old_tab_shows_both_texts(alice, bob):
    alice.writes_to(bob, "At eight.")
    alice.begins_to_edit("At eight.")
    elsewhere = alice.in_another_tab()
    elsewhere.visits("conversation", bob.username)
    elsewhere.edits("At eight.", to="At nine.")
    alice.types("At ten.")
    alice.presses("Save")
    alice.is_told("At nine.")
    alice.sees_typed("At ten.")
    alice.presses("Save")
    alice.sees_messages("At ten.")


def test_nobody_sends_as_whoever_signed_in_meanwhile(alice, bob, charlie):
    alice.addresses(charlie)
    alice.types("From Alice.")
    tab = alice.in_another_tab()
    tab.visits("inbox")
    tab.signs_out()
    bob.at_the_browser_of(alice).signs_in()
    alice.presses("Send")
    alice.insists()
    alice.is_told("This page was made for somebody else")
    alice.sees_typed("From Alice.")
    charlie.visits("inbox")
    charlie.sees_listed()


@pytest.mark.parametrize("lost", ["sessionid", None], ids=["session", "all cookies"])
def test_what_was_typed_outlives_the_session(lost, alice, bob):
    alice.writes_to(bob, "Hello.")
    alice.types("A long story.")
    alice.page.context.clear_cookies(name=lost)
    alice.presses("Send")
    alice.is_told(re.compile("You are signed out|The page was too old"))
    alice.sees_typed("A long story.")
    alice.in_another_tab().signs_in()
    alice.insists()
    alice.sees_messages("Hello.", "A long story.")
    alice.visits("conversation", bob.username)
    alice.sees_messages("Hello.", "A long story.")


def test_what_was_typed_and_left_is_there_at_another_browser(alice, bob, newcomer):
    alice.writes_to(bob, "Hello.")
    alice.leaves_unsent("Half a thought.")
    phone = newcomer("Alice", username=alice.username)
    phone.signs_in()
    phone.visits("conversation", bob.username)
    phone.sees_typed("Half a thought.")
    bob.visits("conversation", alice.username)
    bob.sees_messages("Hello.")
    bob.sees_nothing_of("Half a thought.")
    phone.sends("A whole thought.")
    phone.visits("conversation", bob.username)
    phone.sees_typed("")
