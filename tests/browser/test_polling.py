"""When a page asks for what is new; its clock runs only where a test says so."""

from itertools import pairwise
from urllib.parse import urlsplit

import pytest
from django.urls import reverse
from playwright.sync_api import expect

SHOW = """isShown => {
    Object.defineProperty(document, "hidden", {value: !isShown, configurable: true})
    document.dispatchEvent(new Event("visibilitychange"))
}"""

# How a control looks at some moments after its request went out, in milliseconds.
OPACITY_AT = """(control, moments) => {
    const [busy] = control.getAnimations()
    busy.pause()
    return moments.map(moment => {
        busy.currentTime = moment
        return Number(getComputedStyle(control).opacity)
    })
}"""


class Watch:
    """Watches the page of a conversation: which addresses it asks, at which second of its clock."""

    def __init__(self, reader, other):
        self.page = reader.page
        self.changes = reverse("conversation-changes", args=[other.username])
        self.badge = reverse("unread-badge")
        self.asked = []
        self.page.on("request", lambda request: self.asked.append(urlsplit(request.url).path))

    def passes(self, seconds, use=lambda page: None):
        """Let time pass, with this use of the page in each second.

        Returns the seconds at which it asked what is new.
        """
        moments = []
        for second in range(1, seconds + 1):
            asked = self.asked.count(self.changes)
            self.page.clock.run_for(1000)
            self.settles()
            moments += [second] * (self.asked.count(self.changes) - asked)
            use(self.page)
        return moments

    def settles(self):
        """Until nothing is on its way."""
        expect(self.page.locator(".htmx-request:not(.htmx-settling)")).to_have_count(0)

    def asks_nothing_for_a_minute(self):
        asked = len(self.asked)
        self.passes(60)
        assert self.asked[asked:] == []

    def asks_once_each(self, back):
        """On coming back, and with no time in between."""
        asked = len(self.asked)
        with self.page.expect_request(f"**{self.changes}*"):
            back()
        self.settles()
        assert sorted(self.asked[asked:]) == [self.changes, self.badge]


@pytest.fixture
def javascript():
    return True


@pytest.fixture
def watch(alice, bob):
    """Watches Alice's page of her conversation with Bob, from the moment that it opens."""
    alice.writes_to(bob, "Hello.")
    alice.page.clock.install(time=0)
    alice.page.clock.pause_at(1000)
    alice.visits("conversation", bob.username)
    alice.sees_messages("Hello.")
    return Watch(alice, bob)


@pytest.fixture
def hold(watch):
    """Holds what the page asks of an address from now on: `held = hold("**/changes/*")`."""

    def hold(address):
        held = []
        watch.page.route(address, lambda route: held.append(route))
        return held

    yield hold
    watch.page.unroute_all(behavior="ignoreErrors")


# How often

USES = {
    "keyboard": lambda page: page.keyboard.press("ArrowDown"),
    "pointer": lambda page: page.get_by_role("heading", level=1).click(),
    "wheel": lambda page: page.get_by_role("main").dispatch_event("wheel"),
}

in_every_way = pytest.mark.parametrize("use", USES.values(), ids=USES)


def test_an_idle_page_asks_ever_more_seldom(watch):
    # After 5, 5, 7.5, 11.25, 16.9 and 25.3 seconds, and then every 30.
    assert watch.passes(200) == [5, 10, 18, 29, 46, 71, 101, 131, 161, 191]


@in_every_way
def test_a_page_that_is_used_again_asks_as_often_as_at_first(use, watch):
    assert watch.passes(100) == [5, 10, 18, 29, 46, 71]
    use(watch.page)
    assert watch.passes(45) == [5, 10, 18, 29]


@in_every_way
def test_a_page_in_use_asks_every_five_seconds(use, watch):
    moments = [0, *watch.passes(60, use)]
    gaps = {later - earlier for earlier, later in pairwise(moments)}
    assert gaps <= {5, 6}  # counted from the use, which is up to a second later
    assert moments[-1] > 54


def test_a_hidden_page_asks_nothing_and_on_return_at_once(watch):
    assert watch.passes(5) == [5]
    watch.page.evaluate(SHOW, False)
    watch.asks_nothing_for_a_minute()
    watch.asks_once_each(lambda: watch.page.evaluate(SHOW, True))
    assert watch.passes(20) == [5, 13]


def test_a_page_without_network_asks_nothing_and_then_at_once(watch):
    context = watch.page.context
    assert watch.passes(5) == [5]
    context.set_offline(True)
    watch.page.wait_for_function("() => !navigator.onLine")
    watch.asks_nothing_for_a_minute()
    watch.asks_once_each(lambda: context.set_offline(False))
    assert watch.passes(20) == [5, 13]


# What is answered


def test_that_nothing_is_new_is_said_in_no_words(watch):
    with watch.page.expect_response(f"**{watch.changes}*") as answer:
        watch.passes(5)
    assert answer.value.status == 204
    assert answer.value.request.sizes()["responseBodySize"] == 0


def test_while_an_answer_is_slow_the_page_does_not_ask_again(watch, hold):
    held = hold("**/changes/*")
    with watch.page.expect_request("**/changes/*"):
        watch.page.clock.run_for(120_000)
    watch.page.clock.run_for(120_000)

    held[0].continue_()
    watch.page.unroute("**/changes/*")

    watch.settles()
    assert watch.asked.count(watch.changes) == 1
    assert len(watch.passes(30)) == 1


def test_what_is_sent_does_not_wait_for_a_slow_answer(watch, hold, alice, bob):
    bob.visits("conversation", alice.username)
    bob.sends("Good morning.")
    hold("**/changes/*")
    watch.page.clock.run_for(5000)
    expect(watch.page.locator("#live.htmx-request")).to_have_count(1)

    alice.types("How are you?")
    alice.page.get_by_role("button", name="Send").click()

    alice.sees_messages("Hello.", "Good morning.", "How are you?")
    watch.page.unroute("**/changes/*")
    assert watch.passes(20)
    alice.sees_messages("Hello.", "Good morning.", "How are you?")


# What shows of the work


@pytest.fixture
def opacity(watch, hold):
    """How a control looks before it is used, until 300 ms after that, and then.

    `used` is what is clicked, where that is another one.
    """

    def opacity(control, used=None):
        before = control.evaluate("control => Number(getComputedStyle(control).opacity)")
        hold("**/*")
        (used or control).click(no_wait_after=True)
        return [before, *control.evaluate(OPACITY_AT, [0, 299, 300])]

    return opacity


@pytest.fixture
def replies(alice, bob, watch):
    """Bob replied so often to Alice's message that not all of it is shown. Her link to them."""
    bob.visits("conversation", alice.username)
    key = bob.sends("Count with me.")
    bob.posts_all([f"No. {number}." for number in range(1, 22)], to=key)
    alice.visits("conversation", bob.username)
    return alice.page.get_by_role("link", name="Open this thread", include_hidden=True)


SLOW = [1, 1, 1, 0.5]


@pytest.mark.parametrize("name", ["Reply", "Edit"])
def test_a_link_that_takes_its_time_says_so_after_a_moment(name, alice, opacity):
    assert opacity(alice.page.get_by_role("link", name=name)) == SLOW


def test_sending_that_takes_its_time_says_so_after_a_moment(alice, opacity):
    alice.types("How are you?")
    assert opacity(alice.page.get_by_role("button", name="Send")) == SLOW


def test_saving_that_takes_its_time_says_so_after_a_moment(alice, watch, opacity):
    alice.begins_to_edit("Hello.")
    alice.types("Hello, Bob.")
    watch.passes(1)
    assert opacity(alice.page.get_by_role("button", name="Save")) == SLOW


def test_a_thread_that_takes_its_time_says_so_after_a_moment(alice, replies, opacity):
    summary = alice.page.get_by_text("21 replies")
    assert opacity(replies, used=summary)[1:] == [0, 0, 0.5]


def test_more_replies_that_take_their_time_say_so_after_a_moment(alice, watch, replies, opacity):
    alice.page.get_by_text("21 replies").click()
    more = alice.page.get_by_role("link", name="Show more replies")
    expect(more).to_be_visible()
    watch.passes(1)
    assert opacity(more) == SLOW
