"""What axe finds on every page, and in all that opens there: light and dark, both ways."""

from axe_playwright_python.sync_playwright import Axe
from django.urls import reverse
from playwright.sync_api import expect

from tests.browser.test_pages import FOR_GUESTS, PAGES
from tests.browser.ways import both_ways

AXE = Axe().axe_script

FORMS = [
    "login",
    "signup",
    "password_reset",
    "compose",
    "conversation",
    "message-replies",
    "message-edit",
    "profile",
    "password_change",
    "delete_user",
]

# Axe passes over what has to be scrolled to.
TALL = {"width": 1280, "height": 4000}
LOW = {"width": 1280, "height": 600}

# Axe takes its time by timers, which never run out where scripts are blocked; promises are kept.
FLAWS = """async options => {
    if (matchMedia("(scripting: none)").matches)
        window.setTimeout = task => { Promise.resolve().then(task) }
    const { violations } = await axe.run({ resultTypes: ["violations"], ...options })
    return violations.flatMap(({ id, help, nodes }) =>
        nodes.map(({ target, html }) => `${location.pathname}: ${id} (${help}): ${target} ${html}`))
}"""

EVERYTHING = {}
WHAT_THE_SCHEME_CHANGES = {"runOnly": ["color-contrast", "link-in-text-block"]}

# Whatever the browser itself would object to.
SEND_NOTHING = """form => {
    for (const field of form.elements) if (field.type !== "hidden") field.value = " "
    form.submit()
}"""

SAY_EVERYTHING = """bar => {
    for (const part of [bar, ...bar.children]) part.hidden = false
    bar.querySelector("[data-kind=words]").textContent = "A reason."
}"""


class World:
    """What there is to look at, and who looks at it: Bob, who has read nothing, and a guest."""

    def __init__(self, newcomer, javascript):
        self.alice, self.bob = (newcomer(name, javascript=False) for name in ("Alice", "Bob"))
        self.alice.signs_up()
        self.bob.signs_up()
        self.question = self.bob.writes_to(self.alice, "Is the bridge open?")
        self.bob.sends("A long story. " * 200)
        self.bob.edits("Is the bridge open?", to="Is the old bridge open?")
        self.alice.opens_message(self.question)
        self.answer = self.alice.replies_to("Is the old bridge open?", "See https://example.org/")
        self.alice.visits("conversation", self.bob.username)
        self.alice.posts_all(f"No. {number}." for number in range(16))
        tall = {"javascript": javascript, "viewport": TALL}
        self.guest = newcomer("Guest", **tall)
        self.reader = newcomer("Bob", username=self.bob.username, **tall)
        self.reader.signs_in()

    def visits(self, name):
        """Open a page in the browser of whoever it is for. Returns that person."""
        arguments = {**FOR_GUESTS, "conversation": [self.alice.username]}
        if name.startswith("message"):
            arguments[name] = [self.question]
        somebody = self.guest if name in FOR_GUESTS else self.reader
        assert somebody.visits(name, *arguments.get(name, [])).ok
        return somebody

    # What there is to see: its name, and the page that shows it

    def addresses(self):
        for name in [*FOR_GUESTS, *PAGES]:
            yield name, self.visits(name).page
        edit = reverse("message-edit", args=[self.answer])
        for address in ("/nowhere/", "/?before=nothing", edit):
            self.reader.visits(address)
            yield f"refused: {address}", self.reader.page

    def refused_forms(self):
        for name in FORMS:
            page = self.visits(name).page
            with page.expect_navigation() as answer:
                page.locator("main form:not([hidden])").evaluate(SEND_NOTHING)
            assert answer.value.status == 422, name
            yield f"refused: {name}", page

    def both_ways(self):
        reader = self.visits("inbox")
        reader.opens_the_account_menu()
        expect(reader.page.get_by_role("button", name="Sign out")).to_be_visible()
        yield "account menu", reader.page
        self.visits("profile")
        reader.presses("Save")
        reader.is_told("Your profile is saved.")
        yield "profile saved", reader.page

    def empty_pages(self):
        self.guest.signs_up()
        for name in ("inbox", "conversations", "notifications"):
            self.guest.visits(name)
            yield f"empty: {name}", self.guest.page

    def without_script(self):
        reader = self.reader
        self.visits("conversation")
        reader.types("Perhaps.")
        reader.presses("Keep as draft")
        reader.sees_typed("Perhaps.")
        yield "draft", reader.page
        yield from self.conflict()
        reader.page.context.clear_cookies(name="sessionid")
        reader.presses("Save")
        reader.sees_heading("Not sent")
        yield "signed out", reader.page

    def with_script(self):
        reader, page = self.reader, self.reader.page
        self.visits("conversation")
        question = reader.message("Is the old bridge open?")
        page.locator(".replies > summary").first.click()
        expect(reader.message("See https://example.org/")).to_be_visible()
        yield "thread unfolded", page
        reader.follows("Reply", within=question)
        expect(page.get_by_placeholder("Reply to Alice")).to_be_focused()
        yield "reply open", page
        reader.follows("edited", within=question)
        expect(page.get_by_text("as it is now")).to_be_visible()
        yield "history open", page
        page.locator(".rest > summary").click()
        yield "long message unfolded", page
        yield from self.conflict()

        page.set_viewport_size(LOW)
        self.visits("conversation")
        page.locator(".scroll").evaluate("scroller => scroller.scrollBy(0, -500)")
        self.alice.posts_all(["One more.", "And another."])
        expect(page.get_by_text("New messages")).to_be_visible()
        yield "new messages further down", page

        page.route("**/*", lambda route: None)  # an answer would take the words away again
        page.locator("#failure").evaluate(SAY_EVERYTHING)
        expect(page.get_by_text("You are signed out.")).to_be_visible()
        yield "failure", page

    def conflict(self):
        """What Bob changes in one tab was changed in another one meanwhile."""
        reader, page = self.visits("conversation"), self.reader.page
        reader.follows("Edit", within=reader.message("Is the old bridge open?"))
        page.get_by_role("article").get_by_role("textbox").fill("Is any bridge open?")
        yield "edit open", page
        self.bob.visits("conversation", self.alice.username)
        self.bob.edits("Is the old bridge open?", to="Is the old bridge open, and the new one?")
        reader.presses("Save")
        reader.is_told("This message was changed")
        yield "edit conflict", page


def flaws(sights):
    """What axe finds, a line each."""
    found = []
    for sight, page in sights:
        page.evaluate(AXE)
        for scheme, rules in (("light", EVERYTHING), ("dark", WHAT_THE_SCHEME_CHANGES)):
            page.emulate_media(color_scheme=scheme)
            found += [f"{sight}, {scheme}: {flaw}" for flaw in page.evaluate(FLAWS, rules)]
    return found


@both_ways
def test_axe_finds_nothing(newcomer, javascript):
    world = World(newcomer, javascript)
    found = [
        *flaws(world.addresses()),
        *flaws(world.refused_forms()),
        *flaws(world.both_ways()),
        *flaws(world.empty_pages()),
        *flaws(world.with_script() if javascript else world.without_script()),
    ]
    assert not found, "\n".join(found)
