"""What people with scripts on see of each other without a reload, and what that leaves alone."""

import re

import pytest
from playwright.sync_api import expect

from messaging.dom import dom_id
from tests.browser.people import Somebody, key_in

BACKDATE = """
from datetime import timedelta
from django.utils import timezone
from messaging.models import Message

yesterday = timezone.now() - timedelta(days=1)
Message.objects.filter(pk=key).update(timestamp=yesterday)
"""

EDIT_OFTEN = """
from messaging.models import Message

message = Message.objects.get(pk=key)
for number in range(1, 26):
    message.content = f"No. {number}."
    message.save()
"""

SEND_AT_ONCE = """
from messaging.models import Message, User

people = {"sender": User.objects.get(username=sender)}
people["receiver"] = User.objects.get(username=receiver)
Message.objects.bulk_create(Message(content=text, **people) for text in texts)
"""

WRITE_TO_MANY = """
from messaging.models import Message, User

sender = User.objects.get(username=username)
for number in range(12):
    friend = User.objects.create(username=f"{username}-{number}", display_name=f"No. {number}")
    Message.objects.create(sender=sender, receiver=friend, content="Good morning.")
"""

RESTORE_BACKUP = """
from messaging.models import Conversation, Message

message = Message.objects.get(pk=key)
conversation = Message.objects.filter(conversation=message.conversation)
conversation.filter(pk__gt=key).delete()
Conversation.objects.filter(messages=key).update(version=0, redrawn=0)
"""

IS_QUIET = "!document.querySelector('.htmx-request')"
RETURN = "document.dispatchEvent(new Event('visibilitychange'))"

LISTEN = """() => {
    window.heard = []
    const hear = records => records.flatMap(record => [...record.addedNodes])
        .map(node => node.textContent.trim()).filter(Boolean).forEach(text => heard.push(text))
    new MutationObserver(hear).observe(announcer, {childList: true, subtree: true})
}"""

SHOW_IT = "Something changed here. Show it"


class Reader(Somebody):
    """Somebody with scripts on, who stays on a page while others write."""

    def catches_up(self):
        """Look at the page as on return to its tab, and wait until it shows what is new."""
        self.page.wait_for_function(f"() => {IS_QUIET} && {RETURN}")
        self.page.wait_for_function(f"() => {IS_QUIET}")

    def begins_to_reply_to(self, text):
        self.follows("Reply", within=self.message(text))

    def opens_replies_to(self, text):
        self.summary_of(text).click()
        self.page.wait_for_function(f"() => {IS_QUIET}")

    def scrolls(self, pixels):
        self.page.locator("main .scroll").evaluate(f"scroller => scroller.scrollBy(0, {pixels})")

    # What is on the page

    def key_of(self, text):
        return key_in(self.message(text).get_attribute("id"))

    def summary_of(self, text):
        return self.page.locator(f"#{dom_id(self.key_of(text), 'summary')}")

    @property
    def listed(self):
        """The conversations in the list beside the page."""
        return self.page.get_by_role("navigation", name="Conversations").get_by_role("listitem")

    @property
    def days(self):
        return self.page.locator("#conversation").get_by_role("heading")

    def link(self, name):
        return self.page.get_by_role("link", name=name, exact=True)

    def top_of(self, text):
        """How far below the top of the window a message begins."""
        return self.message(text).bounding_box()["y"]

    def sees_in_list(self, *texts):
        """The latest conversation in the list says these."""
        for text in texts:
            expect(self.listed.first).to_contain_text(text)


@pytest.fixture
def newcomer(person):
    def make(name, username=None, **options):
        return Reader(name, person(javascript=True, **options).page, username)

    return make


@pytest.fixture
def hello(alice, bob, wrote):
    """Alice wrote "Hello." to Bob, and both look at their conversation. Its key."""
    key = wrote(alice, bob, "Hello.")
    alice.visits("conversation", bob.username)
    bob.visits("conversation", alice.username)
    return key


@pytest.fixture
def thread(alice, bob, hello):
    """They answered it and each other; all is read, and open on both pages. Its texts."""
    bob.replies_to("Hello.", "Good morning.")
    alice.catches_up()
    alice.replies_to("Good morning.", "It is noon.")
    bob.catches_up()
    bob.presses("Mark all as read")
    return "Hello.", "Good morning.", "It is noon."


@pytest.fixture
def folded(alice, bob, thread):
    """The same, folded on Alice's page. Its texts."""
    alice.visits("conversation", bob.username)
    alice.sees_messages("Hello.")
    return thread


def numbers(first, last):
    return [f"No. {number}." for number in range(first, last + 1)]


# What the other person does


def test_a_new_message_shows_everywhere(alice, bob, hello, member):
    member("Charlie").writes_to(alice, "Hello from Charlie.")
    alice.catches_up()
    alice.sees_listed("Charlie", "Bob")

    bob.sends("Are you there?")

    alice.catches_up()
    alice.sees_messages("Hello.", "Are you there?")
    alice.sees_unread_count(2)
    expect(alice.page).to_have_title("(2) Bob · Parley")
    alice.sees_listed("Bob", "Charlie")
    alice.sees_in_list("Are you there?", "1 unread")


def test_a_message_shows_once_however_often_one_looks(alice, bob, hello):
    bob.sends("Are you there?")
    for _ in range(3):
        alice.catches_up()
        alice.sees_messages("Hello.", "Are you there?")


def test_the_inbox_follows(alice, bob, hello):
    alice.visits("inbox")
    alice.sees("You have read everything.")
    bob.sends("Are you there?")
    alice.catches_up()
    alice.sees("Are you there?")
    alice.sees_unread_count(1)
    expect(alice.page).to_have_title("(1) Inbox · Parley")


def test_the_first_reply_to_a_message(alice, bob, hello):
    expect(alice.summary_of("Hello.")).to_have_count(0)
    bob.replies_to("Hello.", "Good morning.")
    alice.catches_up()
    alice.sees_messages("Hello.", "Good morning.")
    expect(alice.summary_of("Hello.")).to_have_text("1 reply · 1 new")


def test_a_reply_in_an_open_thread(alice, bob, thread):
    bob.replies_to("Hello.", "How are you?")
    alice.catches_up()
    alice.sees_messages(*thread, "How are you?")
    expect(alice.summary_of("Hello.")).to_have_text("2 replies · 1 new")


def test_a_reply_in_a_thread_that_was_never_open(alice, bob, folded):
    expect(alice.summary_of("Hello.")).to_have_text("1 reply")

    bob.replies_to("Hello.", "How are you?")

    alice.catches_up()
    alice.sees_messages("Hello.")
    expect(alice.summary_of("Hello.")).to_have_text("2 replies · 1 new")
    alice.opens_replies_to("Hello.")
    alice.sees_messages(*folded, "How are you?")
    bob.replies_to("Hello.", "Still there?")
    alice.catches_up()
    alice.sees_messages(*folded, "How are you?", "Still there?")


def test_a_reply_in_a_thread_that_was_folded_again(alice, bob, thread):
    alice.summary_of("Hello.").click()
    alice.sees_messages("Hello.")
    bob.replies_to("Hello.", "How are you?")
    alice.catches_up()
    expect(alice.summary_of("Hello.")).to_have_text("2 replies · 1 new")
    alice.sees_messages("Hello.")
    alice.opens_replies_to("Hello.")
    alice.sees_messages(*thread, "How are you?")


def test_a_reply_in_a_thread_that_is_open_in_part(alice, bob, hello):
    bob.posts_all(numbers(1, 21), to=hello)
    alice.visits("conversation", bob.username)
    alice.opens_replies_to("Hello.")
    alice.sees_messages("Hello.", *numbers(1, 20))
    bob.replies_to("Hello.", "No. 22.")
    alice.catches_up()
    alice.sees_messages("Hello.", *numbers(1, 20))
    alice.follows("Show more replies")
    alice.sees_messages("Hello.", *numbers(1, 22))


def test_what_one_replies_joins_a_thread_that_is_open_in_part(alice, bob, hello):
    bob.posts_all(numbers(1, 21), to=hello)
    alice.visits("conversation", bob.username)
    alice.opens_replies_to("Hello.")
    alice.replies_to("Hello.", "No. 22.")
    alice.sees_messages("Hello.", *numbers(1, 20), "No. 22.")
    alice.follows("Show more replies")
    alice.sees_messages("Hello.", *numbers(1, 22))


def test_a_deep_reply_is_said_all_the_way_up(alice, bob, thread):
    for text in ("Hello.", "Good morning."):
        expect(alice.summary_of(text)).to_have_text("1 reply")
    bob.replies_to("It is noon.", "So it is.")
    alice.catches_up()
    alice.sees_messages(*thread, "So it is.")
    for text in thread:
        expect(alice.summary_of(text)).to_have_text("1 reply · 1 new")


def test_an_edit(alice, bob, hello):
    alice.edits("Hello.", to="Hello, Bob.")
    bob.catches_up()
    bob.sees_messages("Hello, Bob.")
    expect(bob.link("edited")).to_be_visible()


def test_an_edit_in_a_thread(alice, bob, thread):
    alice.edits("It is noon.", to="It is one.")
    bob.catches_up()
    bob.sees_messages("Hello.", "Good morning.", "It is one.")


def test_reading_shows_in_the_other_tab(bob, hello):
    bob.sees_unread_count(1)
    new = bob.message("Hello.").get_by_text("new", exact=True)
    expect(new).to_be_visible()
    tab = bob.in_another_tab()
    tab.visits(bob.page.url)

    tab.presses("Mark as read")

    bob.catches_up()
    expect(new).to_have_count(0)
    bob.sees_unread_count(0)
    expect(bob.page).to_have_title("Alice · Parley")

    tab.presses("Unread from here")

    bob.catches_up()
    expect(new).to_be_visible()
    bob.sees_unread_count(1)


def test_reading_in_the_inbox_shows_in_the_other_tab(bob, hello):
    tab = bob.in_another_tab()
    tab.visits("inbox")
    tab.presses("Mark these as read")
    bob.catches_up()
    bob.sees_unread_count(0)


def test_the_page_of_a_thread_follows_too(alice, bob, thread):
    alice.opens_message(alice.key_of("Good morning."))
    alice.sees_messages(*thread)

    bob.edits("Good morning.", to="Good day.")
    bob.replies_to("Good day.", "Is it?")
    bob.sends("Elsewhere.")

    alice.catches_up()
    alice.sees_messages("Hello.", "Good day.", "It is noon.", "Is it?")
    expect(alice.summary_of("Hello.")).to_have_text("1 reply · 1 new")
    expect(alice.summary_of("Good day.")).to_have_text("2 replies · 1 new")
    alice.sees_unread_count(2)
    alice.sees_in_list("Elsewhere.", "2 unread")

    alice.replies_to("It is noon.", "Yes, sir.")
    bob.catches_up()
    bob.replies_to("Yes, sir.", "Thanks.")

    alice.catches_up()
    texts = ["Hello.", "Good day.", "It is noon.", "Yes, sir.", "Thanks.", "Is it?"]
    alice.sees_messages(*texts)


def test_a_new_day_begins_once(alice, bob, hello, site):
    site.run(BACKDATE, key=hello)
    alice.visits("conversation", bob.username)
    expect(alice.days).to_have_count(1)

    for text in ("Good morning.", "Are you up?"):
        bob.sends(text)
        alice.catches_up()
    alice.sends("I am.")

    alice.sees_messages("Hello.", "Good morning.", "Are you up?", "I am.")
    expect(alice.days).to_have_count(2)
    days = alice.days.all_inner_texts()
    alice.visits("conversation", bob.username)
    expect(alice.days).to_have_text(days)


# What one does oneself


def test_what_is_sent_shows_at_once(alice, bob, hello):
    alice.types("Are you there?")
    alice.page.keyboard.press("Control+Enter")

    alice.sees_messages("Hello.", "Are you there?")
    alice.sees_typed("")
    expect(alice.composer).to_be_focused()
    alice.page.keyboard.type("Say something.")
    alice.presses("Send")
    alice.sees_messages("Hello.", "Are you there?", "Say something.")
    alice.sees_typed("")
    expect(alice.composer).to_be_focused()
    alice.catches_up()
    alice.sees_messages("Hello.", "Are you there?", "Say something.")
    alice.sees_in_list("Say something.")
    alice.sees_unread_count(0)


def test_a_double_click_sends_once(alice, bob, hello):
    alice.types("Sent once.")
    alice.page.get_by_role("button", name="Send").dblclick()
    alice.sees_messages("Hello.", "Sent once.")
    alice.sees_typed("")
    for _ in range(2):
        alice.catches_up()
        alice.sees_messages("Hello.", "Sent once.")
        alice.visits("conversation", bob.username)


def test_what_both_send_at_once_shows_once(alice, bob, thread):
    bob.replies_to("Hello.", "Bob replies.")
    bob.sends("Bob writes.")
    alice.replies_to("Hello.", "Alice replies.")
    for person in (alice, alice, bob):
        person.sees_messages(*thread, "Bob replies.", "Alice replies.", "Bob writes.")
        bob.catches_up()
        alice.catches_up()


def test_a_reply_opens_the_thread_that_it_joins(alice, folded):
    alice.replies_to("Hello.", "How are you?")
    alice.sees_messages(*folded, "How are you?")
    expect(alice.page.get_by_placeholder("Reply to")).to_have_count(0)


# What is in use is left alone


def test_an_open_edit_form_stays(alice, bob, hello):
    alice.begins_to_edit("Hello.")
    alice.types("Half edi")
    tab = alice.in_another_tab()
    tab.visits("conversation", bob.username)
    tab.edits("Hello.", to="Hello, Bob.")

    alice.catches_up()

    alice.page.keyboard.type("ted.")
    alice.sees_typed("Half edited.")
    alice.follows("Cancel")
    alice.sees_messages("Hello, Bob.")


def test_a_half_typed_reply_stays(alice, bob, hello):
    bob.begins_to_reply_to("Hello.")
    bob.types("Half typ")
    alice.edits("Hello.", to="Hello, Bob.")
    alice.replies_to("Hello, Bob.", "Or Robert?")

    bob.catches_up()

    bob.sees_messages("Hello, Bob.", "Or Robert?")
    bob.page.keyboard.type("ed.")
    bob.sees_typed("Half typed.")


def test_the_caret_stays_in_what_is_being_typed(alice, bob, hello):
    bob.types("Good evening.")
    bob.composer.evaluate("field => field.setSelectionRange(5, 12)")
    alice.sends("Are you there?")

    bob.catches_up()

    bob.sees_messages("Hello.", "Are you there?")
    bob.page.keyboard.type("morning")
    bob.sees_typed("Good morning.")


def test_a_selected_text_stays(alice, bob, hello):
    bob.message("Hello.").get_by_text("Hello.").select_text()
    alice.edits("Hello.", to="Hello, Bob.")
    alice.sends("Are you there?")

    bob.catches_up()

    bob.sees_messages("Hello.", "Are you there?")
    assert bob.page.evaluate("getSelection().toString()") == "Hello."
    bob.follows(SHOW_IT)
    bob.sees_messages("Hello, Bob.", "Are you there?")


def test_an_open_thread_stays_open(alice, bob, thread):
    alice.edits("Hello.", to="Hello, Bob.")
    bob.catches_up()
    bob.sees_messages("Hello, Bob.", "Good morning.", "It is noon.")
    bob.edits("Good morning.", to="Good day.")
    alice.catches_up()
    alice.sees_messages("Hello, Bob.", "Good day.", "It is noon.")


def test_an_unfolded_text_stays_unfolded(alice, bob, hello):
    story = "A long story. " * 120
    alice.sends(f"{story}The end.")
    bob.catches_up()
    expect(bob.page.get_by_text("The end.")).to_be_hidden()
    bob.page.get_by_text("The rest of this message").click()
    expect(bob.page.get_by_text("The end.")).to_be_visible()
    alice.follows("Edit", within=alice.message("A long story."))
    alice.types(f"{story}The happy end.")
    alice.presses("Save")

    bob.catches_up()

    expect(bob.page.get_by_text("The happy end.")).to_be_visible()


def test_the_focus_stays_on_a_control_of_the_message(alice, bob, hello):
    reply = bob.message("Hello").get_by_role("link", name="Reply")
    reply.focus()
    alice.edits("Hello.", to="Hello, Bob.")
    bob.catches_up()
    bob.sees_messages("Hello, Bob.")
    expect(reply).to_be_focused()


def test_the_focus_stays_on_the_summary_of_a_thread(alice, bob, thread):
    summary = alice.summary_of("Hello.")
    summary.focus()
    bob.replies_to("Hello.", "How are you?")
    alice.catches_up()
    expect(summary).to_have_text("2 replies · 1 new")
    expect(summary).to_be_focused()


def test_the_focus_stays_in_the_list_of_conversations(alice, bob, hello):
    link = bob.listed.get_by_role("link")
    link.focus()
    alice.sends("Are you there?")
    bob.catches_up()
    bob.sees_in_list("Are you there?")
    expect(link).to_be_focused()


def test_the_focus_stays_in_the_header(alice, bob, hello):
    link = bob.link("First unread")
    link.focus()
    alice.sends("Are you there?")
    bob.catches_up()
    bob.sees_messages("Hello.", "Are you there?")
    expect(link).to_be_focused()


# Where one looks


def to_the_pixel(place):
    return pytest.approx(place, abs=0.99)


@pytest.fixture
def long_conversation(alice, bob, hello):
    """Both look at the end of a conversation that is longer than their windows."""
    alice.posts_all(numbers(1, 25))
    for reader, other in ((alice, bob), (bob, alice)):
        reader.page.set_viewport_size({"width": 1280, "height": 600})
        reader.visits("conversation", other.username)
        reader.sees_in_view("No. 25.")


def test_at_its_end_a_conversation_follows(alice, bob, long_conversation):
    for text in ("The latest.", "The very latest."):
        alice.sends(text)
        bob.catches_up()
        bob.sees_in_view(text)
        expect(bob.page.get_by_role("link", name="New messages")).to_have_count(0)


def test_further_up_it_stays_and_says_what_is_new(alice, bob, long_conversation):
    bob.scrolls(-500)
    top = bob.top_of("No. 10.")
    alice.sends("The latest.")
    bob.catches_up()
    expect(bob.link("New messages")).to_be_visible()
    alice.sends("The very latest.")
    bob.catches_up()
    assert bob.top_of("No. 10.") == to_the_pixel(top)

    bob.link("New messages").click()

    bob.sees_in_view("The very latest.")
    expect(bob.link("New messages")).to_be_hidden()


def test_what_is_new_is_said_until_it_is_reached(alice, bob, long_conversation):
    bob.scrolls(-500)
    alice.sends("The latest.")
    bob.catches_up()
    expect(bob.link("New messages")).to_be_visible()
    bob.scrolls(5000)
    expect(bob.link("New messages")).to_be_hidden()


def test_what_grows_above_moves_nothing(alice, bob, long_conversation):
    bob.scrolls(-300)
    top = bob.top_of("No. 15.")
    alice.edits("Hello.", to="Hello, hello. " * 100)
    bob.catches_up()
    expect(bob.message("Hello, hello.")).to_be_attached()
    assert bob.top_of("No. 15.") == to_the_pixel(top)


def test_what_grows_below_moves_nothing(alice, bob, long_conversation):
    bob.scrolls(-500)
    top = bob.top_of("No. 10.")
    alice.edits("No. 25.", to="Hello, hello. " * 100)
    bob.catches_up()
    expect(bob.message("Hello, hello.")).to_be_attached()
    assert bob.top_of("No. 10.") == to_the_pixel(top)


def test_what_one_sends_leads_to_the_end(bob, long_conversation):
    bob.scrolls(-500)
    bob.sends("My answer.")
    bob.sees_in_view("My answer.")


@pytest.mark.parametrize(("link", "button"), [("Edit", "Save"), ("Reply", "Send")])
def test_a_form_that_opens_comes_into_view_as_a_whole(link, button, alice, long_conversation):
    alice.follows(link, within=alice.message("No. 25."))
    form = alice.form_in_use
    expect(form.get_by_role("button", name=button)).to_be_in_viewport(ratio=1)


def test_the_list_of_conversations_stays_where_it_is(alice, bob, hello, site):
    alice.page.set_viewport_size({"width": 1280, "height": 500})
    site.run(WRITE_TO_MANY, username=alice.username)
    alice.visits("conversation", bob.username)
    listed = alice.page.get_by_role("navigation").get_by_role("list")
    listed.evaluate("list => list.scrollTo(0, 150)")

    bob.sends("Are you there?")

    alice.catches_up()
    alice.sees_in_list("Are you there?")
    assert listed.evaluate("list => list.scrollTop") == 150


# More than can be said in pieces


@pytest.fixture
def flood(site):
    """Very many messages arrive between one look at the page and the next."""

    def flood(sender, receiver, first=1, last=101):
        names = {"sender": sender.username, "receiver": receiver.username}
        site.run(SEND_AT_ONCE, texts=numbers(first, last), **names)

    return flood


def test_after_very_many_changes_the_whole_list_comes(alice, bob, hello, flood):
    flood(bob, alice)
    alice.catches_up()
    alice.sees_messages(*numbers(72, 101))
    alice.sees_in_view("No. 101.")


def test_after_a_restored_backup_the_whole_list_comes(alice, bob, hello, site):
    bob.sends("Lost with the backup.")
    alice.catches_up()
    alice.sees_messages("Hello.", "Lost with the backup.")

    site.run(RESTORE_BACKUP, key=hello)

    alice.catches_up()
    alice.sees_messages("Hello.")
    bob.catches_up()
    bob.sends("Sent after it.")
    alice.catches_up()
    alice.sees_messages("Hello.", "Sent after it.")


def test_with_something_open_the_list_stays_and_a_link_leads_to_it(alice, bob, hello, flood):
    alice.begins_to_reply_to("Hello.")
    alice.types("Half typ")
    flood(bob, alice)

    alice.catches_up()

    alice.sees_messages("Hello.")
    alice.page.keyboard.type("ed.")
    alice.sees_typed("Half typed.")
    alice.follows(SHOW_IT)
    alice.sees_messages(*numbers(72, 101))


def test_after_a_restored_backup_a_link_leads_to_the_list(alice, bob, thread, site):
    alice.sees_messages(*thread)
    site.run(RESTORE_BACKUP, key=alice.key_of("Hello."))
    alice.catches_up()
    alice.sees_messages(*thread)
    alice.follows(SHOW_IT)
    alice.sees_messages("Hello.")


def test_that_link_stays_until_it_is_followed(alice, bob, long_conversation, flood):
    alice.begins_to_reply_to("No. 25.")
    alice.types("Half typed.")
    alice.scrolls(-500)
    flood(bob, alice, 26, 127)
    alice.catches_up()
    expect(alice.link(SHOW_IT)).to_be_visible()

    bob.sends("One more.")
    alice.catches_up()
    alice.scrolls(5000)
    alice.page.locator("#composer").get_by_role("textbox").focus()
    alice.sends("And one of mine.")

    alice.follows(SHOW_IT)
    alice.sees_messages(*numbers(100, 127), "One more.", "And one of mine.")


def test_a_thread_page_says_so_too(alice, bob, thread, flood):
    alice.opens_message(alice.key_of("Good morning."))
    flood(bob, alice)
    alice.catches_up()
    alice.sees_messages(*thread)
    alice.follows(SHOW_IT)
    alice.sees_messages(*thread)
    expect(alice.link(SHOW_IT)).to_be_hidden()


def test_that_the_other_person_is_gone_is_said(alice, bob, hello):
    alice.catches_up()
    expect(alice.page.get_by_text("This is no longer here.")).to_be_hidden()
    bob.deletes_the_account()
    alice.catches_up()
    alice.is_told("This is no longer here.")


# What is spoken


def test_each_new_message_is_spoken_once_and_nothing_else_is(alice, bob, hello):
    expect(alice.page.locator("[aria-live], [role=status], [role=log]")).to_have_count(1)
    expect(alice.page.locator("[aria-live]")).to_have_attribute("aria-live", "polite")
    alice.page.evaluate(LISTEN)

    bob.sends("Are you there?")
    alice.catches_up()
    alice.catches_up()
    bob.replies_to("Hello.", "Good morning.")
    bob.sends("Say something.")
    alice.catches_up()
    spoken = ["Bob: Are you there?", "Bob: Good morning.", "Bob: Say something."]
    assert alice.page.evaluate("heard") == spoken

    alice.sends("Here it is.")
    alice.edits("Hello.", to="Hello, Bob.")
    bob.catches_up()
    bob.edits("Say something.", to="Say anything.")
    bob.presses("Mark all as read")
    alice.catches_up()
    alice.presses("Mark all as read")
    alice.catches_up()
    texts = ["Hello, Bob.", "Good morning.", "Are you there?", "Say anything.", "Here it is."]
    alice.sees_messages(*texts)
    alice.sees_unread_count(0)
    assert alice.page.evaluate("heard") == spoken


# In place


def test_two_edits_at_once_show_both_texts(alice, bob, hello):
    alice.begins_to_edit("Hello.")
    alice.types("At ten.")
    tab = alice.in_another_tab()
    tab.visits("conversation", bob.username)
    tab.edits("Hello.", to="At nine.")

    alice.presses("Save")

    alice.is_told("At nine.")
    alice.sees_typed("At ten.")
    alice.sees_heading("Bob")
    alice.presses("Save")
    alice.follows("edited", within=alice.message("At ten."))
    expect(alice.versions_of("At ten.")).to_contain_text(
        ["[added: ten]", "[added: At nine]", "Hello."]
    )
    tab.catches_up()
    tab.sees_messages("At ten.")


def test_earlier_versions_open_below_their_message(alice, bob, hello, site):
    site.run(EDIT_OFTEN, key=hello)
    bob.catches_up()
    versions = bob.versions_of("No. 25.")

    bob.follows("edited")

    expect(versions.first).to_contain_text("as it is now")
    expect(versions).to_have_count(21)
    bob.follows("Show earlier versions")
    expect(versions).to_have_count(26)
    expect(versions.last).to_contain_text("first version")
    bob.follows("Close")
    expect(versions).to_have_count(0)
    bob.sees_messages("No. 25.")


def test_open_earlier_versions_follow_an_edit(alice, bob, hello):
    alice.edits("Hello.", to="Hello, Bob.")
    bob.catches_up()
    bob.follows("edited")
    expect(bob.versions_of("Hello, Bob.")).to_have_count(2)

    alice.edits("Hello, Bob.", to="Hello, Robert.")

    bob.catches_up()
    expect(bob.versions_of("Hello, Robert.")).to_have_count(3)


# Elsewhere


def test_a_click_with_ctrl_opens_a_tab(alice, bob, hello):
    alice.edits("Hello.", to="Hello, Bob.")
    for link, place in {"Reply": "replies", "Edit": "edit", "edited": "history"}.items():
        with alice.page.context.expect_page() as tab:
            alice.link(link).click(modifiers=["Control"])
        expect(tab.value).to_have_url(re.compile(f"/messages/{hello}/{place}/"))
    alice.catches_up()
    alice.sees_messages("Hello, Bob.")
    expect(alice.page.get_by_role("textbox")).to_have_count(1)
    expect(alice.versions_of("Hello, Bob.")).to_have_count(0)


def test_the_first_unread_is_one_link_away_also_in_a_thread(alice, bob, thread):
    expect(alice.link("First unread")).to_have_count(0)
    bob.replies_to("Good morning.", "The oldest.")
    bob.posts_all(numbers(1, 31))
    alice.catches_up()
    alice.visits("conversation", bob.username)
    alice.sees_messages(*numbers(2, 31))

    alice.follows("First unread")

    alice.sees_in_view("The oldest.")
    expect(alice.message("The oldest.")).to_have_attribute("aria-current", "true")
    alice.presses("Mark as read", within=alice.message("The oldest."))
    alice.follows("First unread")
    alice.sees_in_view("No. 1.")


# Threads unfold


def requests_for(page, pattern):
    """Collects the requests of this page whose address matches."""
    found = []
    page.on("request", lambda request: re.search(pattern, request.url) and found.append(request))
    return found


def test_a_thread_unfolds_in_place_and_is_fetched_once(alice, folded):
    asked = requests_for(alice.page, "/replies/")
    alice.opens_replies_to("Hello.")
    alice.sees_messages(*folded)
    alice.summary_of("Hello.").click()
    alice.opens_replies_to("Hello.")
    alice.sees_messages(*folded)
    assert len(asked) == 1


def test_a_thread_that_could_not_be_fetched_can_be_tried_again(alice, folded):
    alice.page.route("**/replies/", lambda route: route.fulfill(status=403))
    alice.opens_replies_to("Hello.")
    alice.is_told("That did not work. Try again.")

    alice.page.unroute("**/replies/")
    alice.follows("Open this thread")

    alice.sees_messages(*folded)
    expect(alice.page.get_by_text("That did not work.")).to_be_hidden()


def test_a_thread_unfolds_by_keyboard(alice, folded):
    alice.summary_of("Hello.").focus()
    alice.page.keyboard.press("Enter")
    alice.sees_messages(*folded)


def test_more_replies_join_those_that_are_there(alice, bob, folded):
    bob.posts_all(numbers(2, 26), to=alice.key_of("Hello."))
    alice.opens_replies_to("Hello.")
    alice.sees_messages(*folded, *numbers(2, 20))
    alice.follows("Show more replies")
    alice.sees_messages(*folded, *numbers(2, 26))
    expect(alice.link("Show more replies")).to_have_count(0)


def test_who_is_signed_out_is_told_so_and_nothing_is_swapped(alice):
    alice.page.context.clear_cookies()
    alice.catches_up()
    alice.is_told("You are signed out.")
    alice.sees_heading("Unread")
