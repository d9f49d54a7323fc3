"""The whole of Parley as two people live it."""

import re

from playwright.sync_api import expect

from tests.browser.ways import both_ways

pytestmark = both_ways


def test_alice_and_bob_from_sign_up_to_farewell(newcomer):
    alice, bob = newcomer("Alice"), newcomer("Bob")
    alice.signs_up()
    bob.signs_up()

    # Alice writes first.
    first = alice.writes_to(bob, "Shall we map the night buses?")
    alice.sees_heading("Bob")
    alice.sees_messages("Shall we map the night buses?")
    alice.sees_listed("Bob")
    alice.sees_unread_count(0)

    # Bob finds it in his inbox and opens it, which by itself marks nothing as read.
    bob.visits("inbox")
    bob.sees_unread_count(1)
    bob.sees_listed("Alice")
    bob.follows(re.compile("Shall we map the night buses?"), within=bob.page.get_by_role("main"))
    bob.sees_messages("Shall we map the night buses?")
    bob.sees_unread_count(1)

    # They answer each other, three levels deep.
    bob.replies_to("Shall we map", "Yes. I take the tram home.")
    bob.sees_messages("Shall we map", "I take the tram home.")
    alice.visits("inbox")
    alice.sees_unread_count(1)
    alice.opens_conversation_with(bob)
    alice.sees_messages("Shall we map")
    alice.opens_thread("1 reply · 1 new")
    alice.replies_to("I take the tram", "Which line?")
    bob.visits("inbox")
    bob.sees_unread_count(1)
    bob.follows(re.compile("Which line?"), within=bob.page.get_by_role("main"))
    bob.replies_to("Which line?", "The last one, number 8.")
    bob.sees_messages("Shall we map", "I take the tram", "Which line?", "The last one, number 8.")

    # Whoever answers a message has read it: bob's count has fallen to zero.
    bob.sees_unread_count(0)

    # Bob changes his mind, twice.
    bob.edits("Yes. I take the tram home.", to="Yes. I take the ferry home.")
    bob.edits("Yes. I take the ferry home.", to="Yes. I take the ferry home at two.")
    bob.sees_messages("Shall we map", "the ferry home at two.", "Which line?", "The last one")

    # Alice reads what he had said before.
    alice.opens_message(first)
    alice.sees_messages("Shall we map", "the ferry home at two.", "Which line?", "The last one")
    alice.sees_nothing_of("tram")
    alice.follows("edited", within=alice.message("the ferry home at two."))
    versions = alice.versions_of("the ferry home at two.")
    expect(versions).to_contain_text(["as it is now", "ferry", "first version"])
    expect(versions.last).to_contain_text("Yes. I take the tram home.")
    expect(versions.get_by_role("insertion")).to_have_text(["[added: at two]", "[added: ferry]"])
    expect(versions.get_by_role("deletion")).to_have_text(["[removed: tram]"])
    alice.follows("Close")
    expect(versions).to_have_count(0)

    # An edit is no new message; alice's count falls to zero too, and comes back on demand.
    alice.sees_unread_count(1)
    alice.presses("Mark as read", within=alice.message("The last one"))
    alice.sees_unread_count(0)
    alice.presses("Unread from here", within=alice.message("the ferry"))
    alice.sees_unread_count(2)
    alice.visits("inbox")
    alice.presses("Mark these as read")
    alice.sees_unread_count(0)
    alice.sees("You have read everything.")

    # Alice leaves: she is told what goes, and asked for her password.
    alice.opens_the_account_menu()
    alice.follows("Profile")
    alice.follows("Delete your account")
    alice.sees("1 conversation")
    alice.sees("2 messages that you wrote")
    alice.sees("2 messages that others wrote to you, also from their side")
    alice.sees("2 earlier versions of these")
    alice.confirms_with("wrong horse battery")
    alice.is_told("This is not your password. Nothing was deleted.")
    bob.visits("conversation", alice.username)
    bob.sees_messages("Shall we map")
    alice.confirms_with("correct horse battery")
    alice.sees_heading("Sign in")
    alice.is_told("Your account and everything in it are deleted.")
    alice.tries_to_sign_in()
    alice.sees_heading("Sign in")

    # To bob it is as if they had never talked.
    bob.visits("inbox")
    bob.sees_listed()
    bob.sees_unread_count(0)
    bob.visits("conversations")
    bob.sees("No conversations yet.")
    bob.visits("notifications")
    bob.sees_nothing_of("Alice")
    bob.sees_refusal(404, "conversation", alice.username)
    bob.sees_refusal(404, "message", first)
    bob.visits("inbox")
    bob.addresses(alice)
    bob.types("Are you still there?")
    bob.presses("Send")
    bob.is_told("There is nobody with the user name")
    bob.sees_typed("Are you still there?")


def test_on_a_phone_everything_is_in_reach(alice, member):
    size = {"width": 390, "height": 844}
    bob = member("Bob", viewport=size, is_mobile=True, has_touch=True)
    alice.writes_to(bob, "Hello.")
    bob.visits("inbox")
    bob.sees_unread_count(1)
    bob.follows(re.compile("Hello."), within=bob.page.get_by_role("main"))
    bob.presses("Mark as read")
    bob.presses("Unread from here")
    bob.follows("Conversation with Alice")
    bob.presses("Mark all as read")
    bob.sends("Hello, Alice.")
    bob.follows("Back to the inbox")
    bob.sees_unread_count(0)
    bob.opens_conversation_with(alice)
    bob.sees_messages("Hello.", "Hello, Alice.")
    bob.follows("Back to the inbox")
    bob.writes_to(alice, "How are you?")
    bob.follows("Back to the inbox")
    bob.signs_out()


def test_a_history_on_a_page_of_its_own_leads_back_to_its_message(alice, bob):
    message = alice.writes_to(bob, "At eight.")
    alice.edits("At eight.", to="At nine.")
    alice.visits("message-history", message)
    alice.sees_heading("Earlier versions")
    expect(alice.versions_of("At nine.")).to_have_count(2)
    alice.follows("Close")
    alice.sees_heading("Thread")
    alice.sees_messages("At nine.")
