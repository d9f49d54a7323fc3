"""Every page: its style, its width, its keyboard, and what moves."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from messaging.urls import urlpatterns
from tests.browser.ways import both_ways

LONG_NAME = "Donaudampfschifffahrtsgesellschaftskapitän"
LONG_WORD = "https://example.org/" + "unbreakable" * 30

FOR_GUESTS = {
    "login": [],
    "password_reset": [],
    "password_reset_confirm": ["nobody", "no-token"],
    "password_reset_done": [],
    "signup": [],
}
NO_PAGES = {
    "conversation-changes",
    "conversation-fragment",
    "healthz",
    "logout",
    "message-unread",
    "messages-read",
    "unread-badge",
}

PAGES = [p.name for p in urlpatterns if p.name not in {*FOR_GUESTS, *NO_PAGES}]

UNSTYLED = """() => {
    const sheets = [...document.querySelectorAll("link[rel=stylesheet]")].map(link => link.sheet)
    const isStyled = sheets.length && sheets.every(sheet => sheet?.cssRules.length)
    return isStyled ? [] : [`${location.pathname}: without its style`]
}"""

# What scrolls sideways on a page, and the controls that stand beyond its edge.
TOO_WIDE = """() => {
    const overflows = element => element.scrollWidth > element.clientWidth
    const scrolls = element => element === document.documentElement
        || /auto|scroll/.test(getComputedStyle(element).overflowX)
    const isBeyond = element => element.matches("a, button, input, select, summary, textarea")
        && element.getBoundingClientRect().right > innerWidth
    return [...document.querySelectorAll("*")]
        .filter(element => element.checkVisibility())
        .filter(element => overflows(element) && scrolls(element) || isBeyond(element))
        .map(element => `${location.pathname}: <${element.localName} class="${element.className}">`)
}"""

# The rules of style that move something, also for those who want less of it.
MOVING = """() => {
    const takesTime = (style, kind) => /[1-9]|var/.test(style.getPropertyValue(`${kind}-duration`)
        || style.getPropertyValue(kind))
    const moves = ({constructor, style}) => constructor.name === "CSSViewTransitionRule"
        || style && (style.scrollBehavior === "smooth"
            || ["animation", "transition"].some(kind => takesTime(style, kind)))
    const isForOthers = ({media}) => media?.mediaText === "(prefers-reduced-motion: no-preference)"
    const search = rules => [...rules].filter(rule => !isForOthers(rule)).flatMap(rule =>
        [...(moves(rule) ? [rule.cssText] : []), ...search(rule.cssRules ?? [])])
    return [...document.styleSheets].flatMap(sheet => search(sheet.cssRules))
}"""

# How long each movement takes that is under way.
RUNNING = """document.getAnimations().map(({effect}) => effect.getComputedTiming().duration)
    .filter(duration => duration > 0)"""

NOTE_TRANSITION = """addEventListener("pagereveal", event => {
    window.hasGlidedIn = Boolean(event.viewTransition)
})"""


@pytest.fixture
def tour(newcomer):
    """Leads through every page, full of long words: `for page in tour(viewport=...)`."""

    def tour(**options):
        guest, bob, alice = (newcomer(name, **options) for name in ("Guest", "Bob", LONG_NAME))
        for name, args in FOR_GUESTS.items():
            guest.visits(name, *args)
            yield guest.page

        bob.signs_up()
        alice.signs_up()
        message = bob.writes_to(alice, LONG_WORD)
        bob.edits(LONG_WORD, to=f"See {LONG_WORD}")
        alice.opens_message(message)
        answer = alice.replies_to(LONG_WORD, LONG_WORD)
        alice.visits("conversation", bob.username)
        alice.sends(LONG_WORD)
        for name in PAGES:
            arguments = {"conversation": [alice.username]}
            if name.startswith("message"):
                arguments[name] = [message]
            bob.visits(name, *arguments.get(name, []))
            yield bob.page

        # What opens in the page, or, without script, on one of its own.
        for link in ("Reply", "Edit", "edited"):
            bob.visits("conversation", alice.username)
            bob.follows(link, within=bob.page.get_by_role("article").first)
            yield bob.page

        # What was refused, and why.
        for address in ("/nowhere/", "/?before=nothing", reverse("message-edit", args=[answer])):
            bob.visits(address)
            yield bob.page
        bob.visits("message-edit", message)
        bob.types(" ")
        bob.presses("Save")
        yield bob.page
        bob.types("Short.")
        bob.page.context.clear_cookies(name="sessionid")
        bob.presses("Save")
        yield bob.page

    return tour


@both_ways
def test_every_page_has_its_style_and_fits_the_narrowest_screen(tour):
    flaws = []
    for page in tour(viewport={"width": 320, "height": 640}):
        flaws += page.evaluate(UNSTYLED) + page.evaluate(TOO_WIDE)
    assert not flaws, "\n".join(flaws)


def test_the_keyboard_alone_sends_a_message(alice, bob):
    alice.writes_to(bob, "Hello.")
    bob.visits("conversation", alice.username)
    keyboard, main = bob.page.keyboard, bob.page.get_by_role("main")
    keyboard.press("Tab")
    skip = bob.page.get_by_role("link", name="Skip to the content")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keyboard.press("Enter")
    while main.locator("textarea:focus").count() == 0:
        keyboard.press("Tab")
        expect(main.locator(":focus")).to_be_in_viewport()  # and not past the composer, outside
    expect(bob.composer).to_be_focused()
    keyboard.type("Hello, Alice.")
    keyboard.press("Tab")
    expect(bob.page.get_by_role("button", name="Send")).to_be_focused()
    with bob.page.expect_navigation():
        keyboard.press("Enter")
    bob.sees_messages("Hello.", "Hello, Alice.")


@pytest.mark.parametrize("wish", ["no-preference", "reduce"])
def test_pages_glide_in_unless_somebody_wants_less_motion(wish, member):
    alice = member("Alice", javascript=True, reduced_motion=wish)
    alice.page.add_init_script(NOTE_TRANSITION)
    alice.visits("inbox")
    alice.follows("New")
    alice.page.wait_for_function("'hasGlidedIn' in window")
    assert alice.page.evaluate("hasGlidedIn") == (wish == "no-preference")


def test_nothing_moves_for_those_who_want_less_motion(member, bob):
    alice = member("Alice", javascript=True)
    alice.writes_to(bob, "Hello.")
    alice.replies_to("Hello.", "Once more.")
    assert alice.page.evaluate(RUNNING) == []
    assert alice.page.evaluate(MOVING) == []
