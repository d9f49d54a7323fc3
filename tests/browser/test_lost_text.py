"""What somebody has typed survives whatever happens, with scripts on, and is sent once."""

import re

import pytest
from playwright.sync_api import expect

from messaging.dom import dom_id
from tests.browser.people import Somebody

STORY = "A long story."

# What these tests do to the site and to the way there; browser and htmx complain about it.
PROVOKED = re.compile(r"^(console: (htmx:|Failed to load)|500:|net::ERR_(FAILED|INTERNET))")

DELETE = """
from messaging.models import Message

Message.objects.filter(pk=key).delete()
"""

KEPT = "JSON.stringify(sessionStorage)"  # in the tab
TYPED = "[...document.querySelectorAll('input, textarea')].map(field => field.value)"

# What the bar says from now on.
LISTEN = """() => {
    window.said = []
    const hear = () => said.push(failure.querySelector("p:not([hidden])")?.innerText)
    new MutationObserver(hear).observe(failure, {attributes: true, subtree: true})
}"""


@pytest.fixture
def alice(member):
    return member("Alice", javascript=True, provoked=PROVOKED)


@pytest.fixture
def charlie(member):
    return member("Charlie")


# Where Alice writes


class Form:
    """A form that somebody writes in; `hello` and `eight` are the keys of what stands there."""

    button = "Send"
    link = None  # what opens it

    def __init__(self, writer, reader, hello, eight):
        self.writer, self.reader = writer, reader
        self.hello, self.eight = hello, eight

    def used_by(self, somebody):
        """The same form at the browser, or in the tab, of somebody else."""
        return type(self)(somebody, self.reader, self.hello, self.eight)

    def is_visited(self):
        self.writer.visits("conversation", self.reader.username)
        self.opens()

    def opens(self):
        if self.link and not self.field.is_visible():
            self.link.click()
            expect(self.field).to_be_focused()

    @property
    def place(self):
        return self.writer.page.locator("#composer")

    @property
    def field(self):
        return self.place.get_by_role("textbox", name="Message")

    def types(self, text):
        self.field.fill(text)

    def presses(self, *keys):
        for key in keys:
            self.field.press(key)

    def sends(self, **how):
        self.place.get_by_role("button", name=self.button).click(**how)

    def holds(self, text):
        expect(self.field).to_have_value(text)

    def is_done(self):
        """It stands there as if nothing had been typed."""
        self.holds("")

    # What came of it

    def is_read(self):
        self.reader.visits("conversation", self.writer.username)

    def has_sent_once(self, text):
        self.is_done()
        expect(self.writer.message(text)).to_have_count(1)
        self.writer.page.wait_for_function(f"text => !{KEPT}.includes(text)", arg=text)
        self.is_read()
        expect(self.reader.message(text)).to_have_count(1)

    def has_not_sent(self, text):
        self.is_read()
        expect(self.reader.message("Hello.")).to_have_count(1)
        expect(self.reader.message(text)).to_have_count(0)


class Composer(Form):
    """Below a conversation."""


class Reply(Form):
    """Below a message."""

    @property
    def link(self):
        return self.writer.message("Hello").get_by_role("link", name="Reply")

    @property
    def place(self):
        return self.writer.page.locator(f"#{dom_id(self.hello, 'reply')}")

    def is_done(self):
        expect(self.field).to_have_count(0)

    def is_read(self):
        self.reader.visits("message", self.hello)


class Edit(Form):
    """In the place of a message."""

    button = "Save"

    @property
    def link(self):
        return self.place.get_by_role("link", name="Edit", exact=True)

    @property
    def place(self):
        return self.writer.page.locator(f"#{dom_id(self.eight)}")

    def is_done(self):
        expect(self.field).to_have_count(0)


class Compose(Form):
    """On a page of its own, which leads to the conversation."""

    def is_visited(self):
        self.writer.visits("compose")

    def types(self, text):
        self.writer.page.get_by_role("combobox", name="To").fill(self.reader.username)
        super().types(text)

    def is_done(self):
        self.writer.sees_heading(self.reader.name)


@pytest.fixture(params=[Composer, Reply, Edit, Compose])
def form(request, alice, bob, wrote):
    hello = wrote(bob, alice, "Hello.")
    eight = wrote(alice, bob, "At eight.")
    form = request.param(alice, bob, hello, eight)
    form.is_visited()
    return form


def only(*forms):
    return pytest.mark.parametrize("form", forms, indirect=True)


# What may happen meanwhile


class Way:
    """The way from a page to the site, and what becomes of whatever is sent there."""

    def __init__(self, page):
        self.page = page
        self.waiting = []
        self.is_free()
        page.route("**", self.handle)

    def handle(self, route):
        if route.request.method == "POST":
            self.becomes(route)
        else:
            route.fallback()

    def is_free(self):
        """What waits arrives too, one after the other, the latest first."""
        self.becomes = lambda route: route.continue_()
        while self.waiting:
            self.lets_go(self.waiting.pop())

    def lets_go(self, route):
        with self.page.expect_event("requestfinished", lambda request: request == route.request):
            route.continue_()

    def is_jammed(self):
        self.becomes = self.waiting.append

    def ends_in_an_error(self):
        self.becomes = lambda route: route.fulfill(status=500)

    def loses_the_answer(self):
        self.becomes = lambda route: (route.fetch(), route.abort("failed"))


@pytest.fixture
def way(alice):
    way = Way(alice.page)
    yield way
    alice.page.unroute_all(behavior="ignoreErrors")


def session_ends(somebody):
    somebody.page.context.clear_cookies(name="sessionid")


def looks_again(somebody):
    """As on return to the tab: the page asks at once what is new."""
    somebody.page.evaluate("dispatchEvent(new Event('online'))")


def sees_news(alice, bob):
    """Alice's page has asked what is new, and got an answer."""
    bob.addresses(alice)
    bob.sends("News.")
    looks_again(alice)
    alice.sees_unread_count(2)


# The session


def test_the_session_ends(form, alice):
    form.types(STORY)
    session_ends(alice)

    form.sends()

    alice.is_told("You are signed out.")
    form.holds(STORY)
    form.has_not_sent(STORY)

    alice.in_another_tab().signs_in()
    form.sends()

    form.has_sent_once(STORY)
    expect(alice.page.get_by_text("You are signed out.")).to_be_hidden()


@only(Reply, Compose)
def test_the_session_ends_and_begins_again_in_the_same_tab(form, alice):
    form.types(STORY)
    session_ends(alice)

    alice.page.reload()
    alice.sees_heading("Sign in")
    alice.signs_in()
    form.is_visited()

    form.holds(STORY)
    form.sends()
    form.has_sent_once(STORY)


@only(Composer, Compose)
def test_a_sign_in_in_another_tab_renews_the_token(form, alice):
    form.types(STORY)
    alice.page.context.clear_cookies()
    alice.in_another_tab().signs_in()

    form.sends()

    form.has_sent_once(STORY)


def test_somebody_else_signs_in_in_another_tab(form, alice, charlie):
    form.types(STORY)
    session_ends(alice)
    charlie.at_the_browser_of(alice).signs_in()

    form.sends()

    alice.is_told("This page was made for somebody else, and you are now signed in as Charlie.")
    form.holds(STORY)
    form.has_not_sent(STORY)
    charlie.visits("inbox")
    charlie.sees_listed()

    session_ends(alice)
    alice.in_another_tab().signs_in()
    form.sends()

    form.has_sent_once(STORY)


@only(Composer, Compose)
def test_signing_out_leaves_nothing_of_it_in_the_tab(form, alice):
    form.types(STORY)
    assert STORY in alice.page.evaluate(KEPT)

    alice.signs_out()

    assert STORY not in alice.page.evaluate(KEPT)


@only(Composer)
def test_signing_out_in_another_tab_leaves_nothing_of_it_either(form, alice):
    other = alice.in_another_tab()
    other.visits("inbox")
    form.types(STORY)
    assert STORY in alice.page.evaluate(KEPT)

    other.signs_out()

    assert STORY not in alice.page.evaluate(KEPT)


@only(Compose)
@pytest.mark.parametrize("leaves", [Somebody.signs_out, session_ends])
def test_somebody_else_at_the_same_tab_finds_nothing_of_it(leaves, form, alice, charlie):
    form.types(STORY)
    leaves(alice)

    charlie.page = alice.page
    charlie.signs_in()
    form.used_by(charlie).is_visited()

    charlie.sees_typed("")
    assert STORY not in charlie.page.evaluate(KEPT)
    for _ in range(3):
        charlie.goes_back()
        charlie.page.wait_for_load_state()
        assert STORY not in charlie.page.evaluate(TYPED)


# The site, and the way there


def test_the_site_fails(form, alice, bob, way):
    form.types(STORY)
    way.ends_in_an_error()

    form.sends()

    alice.is_told("Not sent. Try again.")
    form.holds(STORY)

    way.is_free()
    sees_news(alice, bob)

    alice.is_told("Not sent. Try again.")
    form.holds(STORY)

    form.sends()

    form.has_sent_once(STORY)
    expect(alice.page.get_by_text("Not sent.")).to_be_hidden()


@only(Composer, Edit)
def test_the_network_goes_away_and_comes_back(form, alice, bob):
    form.types(STORY)
    alice.page.context.set_offline(True)

    form.sends()

    alice.is_told("Not sent. Try again.")
    form.holds(STORY)

    alice.page.context.set_offline(False)
    sees_news(alice, bob)

    alice.is_told("Not sent. Try again.")
    form.sends()
    form.has_sent_once(STORY)


@only(Reply, Compose)
def test_the_answer_is_lost(form, alice, way):
    form.types(STORY)
    way.loses_the_answer()

    for _ in range(2):
        with alice.page.expect_event("requestfailed"):
            form.sends()
        alice.is_told("Not sent. Try again.")
        form.holds(STORY)

    way.is_free()
    form.sends()

    form.has_sent_once(STORY)


def test_the_answer_is_lost_and_the_page_loaded_again(form, alice, way):
    form.types(STORY)
    way.loses_the_answer()
    form.sends()
    alice.is_told("Not sent. Try again.")

    way.is_free()
    alice.page.reload()
    form.opens()

    form.holds(STORY)
    form.sends()
    form.has_sent_once(STORY)


@only(Composer)
@pytest.mark.parametrize("fails", ["requestfinished", "requestfailed"])
def test_what_fails_later_does_not_hide_that_it_was_not_sent(fails, form, alice, bob, way):
    form.types(STORY)
    way.ends_in_an_error()
    form.sends()
    alice.is_told("Not sent. Try again.")
    way.is_free()
    alice.page.evaluate(LISTEN)

    def fail(route):
        route.abort("failed") if fails == "requestfailed" else route.fulfill(status=500)

    alice.page.route("**/changes/**", fail)
    with alice.page.expect_event(fails, lambda request: "/changes/" in request.url):
        looks_again(alice)
    alice.page.unroute("**/changes/**")
    sees_news(alice, bob)

    assert set(alice.page.evaluate("said")) == {"Not sent. Try again."}


# What people do meanwhile


@only(Reply, Edit)
def test_the_other_person_edits(form, alice, bob):
    form.types(STORY)
    bob.visits("conversation", alice.username)
    bob.edits("Hello.", to="Hello, Alice.")

    looks_again(alice)
    expect(alice.message("Hello, Alice.")).to_have_count(1)
    form.holds(STORY)
    expect(form.field).to_be_focused()

    form.sends()
    form.has_sent_once(STORY)


@only(Edit)
def test_the_same_message_is_edited_in_another_tab(form, alice, bob):
    form.types(STORY)
    other = form.used_by(alice.in_another_tab())
    other.is_visited()
    other.types("At nine.")
    other.sends()
    other.has_sent_once("At nine.")
    sees_news(alice, bob)
    expect(alice.message("News.")).to_have_count(1)

    form.sends()

    alice.is_told("This message was changed while you were editing it.")
    alice.is_told("At nine.")
    form.holds(STORY)
    form.sends()
    form.has_sent_once(STORY)


@only(Reply, Edit)
def test_the_message_is_deleted(form, alice, site):
    form.types(STORY)
    key = form.hello if isinstance(form, Reply) else form.eight
    site.run(DELETE, key=key)

    form.sends()

    alice.is_told("nothing was sent")
    form.holds(STORY)


@only(Composer, Compose)
def test_the_other_person_leaves(form, alice, bob):
    form.types(STORY)
    bob.deletes_the_account()

    form.sends()

    told = {Composer: "nothing was sent", Compose: "There is nobody with the user name"}
    alice.is_told(told[type(form)])
    form.holds(STORY)


# Other pages and tabs


@only(Reply, Compose)
def test_back_and_forward(form, alice):
    form.types(STORY)
    alice.visits("inbox")
    for go in (alice.page.go_back, alice.page.go_forward, alice.page.go_back):
        go(wait_until="commit")  # a page that was kept does not load again
        alice.page.wait_for_load_state()
    form.opens()

    form.holds(STORY)
    form.sends()
    form.has_sent_once(STORY)


@only(Composer, Compose)
def test_it_does_not_come_back_once_it_is_sent(form, alice):
    form.types(STORY)
    form.sends()
    form.has_sent_once(STORY)
    if isinstance(form, Composer):
        alice.visits("inbox")

    alice.goes_back()
    alice.page.wait_for_load_state()

    form.holds("")


@only(Composer, Reply)
def test_another_tab_sends_at_the_same_time(form, alice):
    other = form.used_by(alice.in_another_tab())
    other.is_visited()
    form.types(STORY)
    other.types("Another story.")

    form.sends()
    other.sends()

    form.has_sent_once(STORY)
    other.has_sent_once("Another story.")


@only(Composer, Reply)
def test_another_tab_has_sent_something_else(form, alice):
    form.types(STORY)
    other = form.used_by(alice.in_another_tab())
    other.is_visited()
    other.types("Another story.")
    other.sends()
    other.has_sent_once("Another story.")

    form.holds(STORY)
    form.sends()
    form.has_sent_once(STORY)


@only(Composer, Compose)
def test_a_copy_of_the_tab_sends_the_same(form, alice):
    form.types(STORY)
    with alice.page.expect_popup() as copy:
        alice.page.evaluate("open(location)")
    other = form.used_by(Somebody("Alice", copy.value, alice.username))
    other.holds(STORY)

    form.sends()
    other.sends()

    form.has_sent_once(STORY)
    other.has_sent_once(STORY)


# Sending


@only(Compose)
def test_a_double_click_sends_it_once(form):
    form.types(STORY)
    form.sends(click_count=2)
    form.has_sent_once(STORY)


def test_on_its_way_it_is_not_sent_again(form, way):
    form.types(STORY)
    way.is_jammed()

    form.sends()
    form.sends()
    form.presses("Control+Enter")

    way.is_free()
    form.has_sent_once(STORY)


def test_what_is_added_on_its_way_is_there_the_next_time(form, alice, way):
    form.types(STORY)
    way.is_jammed()
    form.sends()
    form.presses("End", "!", "!")

    way.is_free()

    expect(alice.message(STORY)).to_have_count(1)
    form.is_visited()
    form.holds(f"{STORY}!!" if isinstance(form, Edit) else "!!")


@only(Reply, Edit)
def test_what_is_added_on_its_way_comes_back_with_what_is_refused(form, alice, way):
    form.types("x" * 10_002)
    way.is_jammed()
    form.sends()
    form.presses("End", "!", "!")

    way.is_free()

    alice.is_told("characters too long")
    form.holds("x" * 10_002 + "!!")


@only(Composer, Edit)
def test_it_can_be_changed_when_it_was_not_sent(form, alice, way):
    form.types(STORY)
    way.ends_in_an_error()
    form.sends()
    alice.is_told("Not sent. Try again.")

    way.is_free()
    form.presses("End", "!")
    form.sends()

    form.has_sent_once(f"{STORY}!")


@only(Reply, Compose)
def test_what_is_refused_comes_back_with_the_reason(form, alice):
    form.types(STORY + "x" * 10_000)
    form.sends()
    alice.is_told("characters too long")
    form.holds(STORY + "x" * 10_000)

    form.types(STORY)
    form.sends()

    form.has_sent_once(STORY)


@only(Composer, Compose)
@pytest.mark.parametrize("key", ["Control+Enter", "Meta+Enter"])
def test_enter_begins_a_line_and_with_a_key_it_sends(key, form):
    form.types(STORY)
    form.presses("End", "Enter")
    form.holds(f"{STORY}\n")

    form.presses(key)

    form.has_sent_once(STORY)


@only(Reply, Edit)
def test_escape_keeps_it_for_the_next_time(form):
    form.types(STORY)
    form.presses("Escape")
    expect(form.field).to_have_count(0)

    form.opens()

    form.holds(STORY)
    form.sends()
    form.has_sent_once(STORY)


@only(Reply, Edit)
def test_cancel_drops_it(form):
    form.types(STORY)
    form.place.get_by_role("link", name="Cancel").click()
    expect(form.field).to_have_count(0)

    form.opens()

    form.holds("At eight." if isinstance(form, Edit) else "")


# Sending while something else is on its way


@only(Composer)
def test_all_that_is_sent_at_once_arrives(form, alice, way):
    reply = Reply(alice, form.reader, form.hello, form.eight)
    reply.opens()
    reply.types("A short answer.")
    form.types(STORY)
    way.is_jammed()
    alice.page.get_by_role("button", name="Mark all as read").click()

    reply.sends()
    form.sends()
    way.is_free()

    form.has_sent_once(STORY)
    reply.has_sent_once("A short answer.")


@pytest.fixture
def clock(form):
    """Makes time pass on Alice's page; a draft is kept a second after the last key."""
    clock = form.writer.page.clock
    clock.install()
    form.is_visited()
    return clock


@only(Composer)
def test_keeping_a_draft_does_not_keep_it_from_being_sent(form, clock, way):
    way.is_jammed()
    form.types(STORY)
    clock.run_for(1000)
    form.types(f"{STORY} The end.")
    form.sends()
    clock.run_for(1000)

    way.is_free()

    form.has_sent_once(f"{STORY} The end.")


def finds_no_draft(alice, form):
    later = form.used_by(alice.in_another_tab())
    later.is_visited()
    later.holds("")


@only(Composer)
def test_a_draft_that_was_about_to_be_kept_is_not_once_it_is_sent(form, alice, clock):
    form.types(STORY)
    form.sends()
    form.has_sent_once(STORY)

    clock.run_for(1000)
    expect(alice.page.locator(".htmx-request")).to_have_count(0)

    finds_no_draft(alice, form)


@only(Composer)
def test_a_draft_on_its_way_does_not_outlive_what_is_sent(form, alice, clock, way):
    way.is_jammed()
    form.types(STORY)
    clock.run_for(1000)
    form.sends()

    way.is_free()

    form.has_sent_once(STORY)
    finds_no_draft(alice, form)


@only(Composer)
def test_a_draft_is_kept_at_once_when_the_page_is_left(form, alice, clock):
    form.types(STORY)
    alice.visits("inbox")
    later = form.used_by(alice.in_another_tab())
    later.is_visited()
    later.holds(STORY)


@only(Composer)
def test_a_later_draft_of_another_tab_goes_first(form, alice, clock):
    form.types("An old story.")
    with alice.page.expect_response(lambda answer: answer.request.method == "POST"):
        clock.run_for(1000)
    other = form.used_by(alice.in_another_tab())
    other.is_visited()
    other.types(STORY)
    other.writer.visits("inbox")

    form.is_visited()

    form.holds(STORY)


@only(Composer)
def test_a_draft_is_kept_though_it_was_not_sent(form, alice, clock, way):
    form.types(STORY)
    way.ends_in_an_error()
    form.sends()
    alice.is_told("Not sent. Try again.")

    way.is_free()
    with alice.page.expect_response(lambda answer: answer.request.method == "POST"):
        clock.run_for(1000)

    later = form.used_by(alice.in_another_tab())
    later.is_visited()
    later.holds(STORY)
    form.sends()
    form.has_sent_once(STORY)
    finds_no_draft(alice, form)
