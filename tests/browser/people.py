"""What people do on the site and see there, in the words that they would use themselves."""

import re
from uuid import uuid4

from django.urls import reverse
from playwright.sync_api import expect

from messaging.dom import dom_id

PASSWORD = "correct horse battery"


class Somebody:
    """Somebody who looks at one tab of a browser; what they do is found by role, label and name."""

    def __init__(self, name, page, username=None):
        self.name = name
        self.username = username or f"{name.lower()}-{uuid4().hex[:8]}"
        self.page = page

    def in_another_tab(self):
        return Somebody(self.name, self.page.context.new_page(), self.username)

    def at_the_browser_of(self, other):
        return Somebody(self.name, other.page.context.new_page(), self.username)

    # Getting about

    def visits(self, address, *args):
        """Open an address by its name, `visits("conversation", "bob")`, or as it stands."""
        url = address if address.startswith(("/", "http")) else reverse(address, args=args)
        return self.page.goto(url)

    def follows(self, link, within=None):
        with self.page.expect_navigation():
            (within or self.page).get_by_role("link", name=link, exact=True).click()

    def presses(self, button, within=None):
        with self.page.expect_navigation():
            (within or self.page).get_by_role("button", name=button, exact=True).click()

    def goes_back(self):
        self.page.go_back(wait_until="commit")  # a page that was kept does not load again

    # Being somebody

    def signs_up(self):
        self.visits("signup")
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Display name").fill(self.name)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_label("Password confirmation").fill(PASSWORD)
        self.presses("Sign up")
        self.sees_heading("Unread")

    def tries_to_sign_in(self):
        self.visits("login")
        self.page.get_by_label("Username").fill(self.username)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.presses("Sign in")

    def signs_in(self):
        self.tries_to_sign_in()
        self.sees_heading("Unread")

    def opens_the_account_menu(self):
        self.page.locator("summary", has_text="Your account").click()

    def signs_out(self):
        self.opens_the_account_menu()
        self.presses("Sign out")
        self.sees_heading("Sign in")

    def deletes_the_account(self, password=PASSWORD):
        self.visits("delete_user")
        self.page.get_by_label("Your password").fill(password)
        self.presses("Delete my account and all of this")

    # Writing

    @property
    def composer(self):
        return self.page.get_by_role("textbox", name="Message")

    def types(self, text):
        self.composer.fill(text)

    def sends(self, text):
        """Send a text from the form that is open. Returns the key of the message."""
        self.types(text)
        self.presses("Send")
        return key_in(self.page.url)

    def insists(self):
        """Send again what was refused, where the page offers to; at most twice."""
        for _ in range(2):
            if self.page.get_by_role("button", name="Send again").is_visible():
                self.presses("Send again")

    @property
    def form(self):
        """What the open form would send as it stands: {name: value}."""
        fields = self.page.locator("#composer [name]")
        return fields.evaluate_all("all => Object.fromEntries(all.map(f => [f.name, f.value]))")

    @property
    def form_action(self):
        return self.page.locator("#composer").get_attribute("action")

    def posts(self, to=None, **fields):
        """What the site answers to the open form, changed like this, or used as a reply."""
        address = reverse("message-replies", args=[to]) if to else self.form_action
        return self.page.request.post(address, form={**self.form, **fields}, max_redirects=0)

    def posts_all(self, texts, to=None):
        """Send many texts with the open form. Returns the keys of the messages."""
        answers = [self.posts(to, content=text, key="") for text in texts]
        return [key_in(answer.headers["location"]) for answer in answers]

    def writes_to(self, other, text):
        """Begin a conversation, or go on with one, from "New". Returns the key of the message."""
        self.addresses(other)
        return self.sends(text)

    def addresses(self, other):
        self.follows("New")
        self.page.get_by_role("combobox", name="To").fill(other.username)

    def opens_conversation_with(self, other):
        listed = self.page.get_by_role("navigation", name="Conversations")
        self.follows(re.compile(rf"^{other.name}\b"), within=listed)
        self.sees_heading(other.name)

    def opens_message(self, key):
        self.visits(f"{reverse('message', args=[key])}#{dom_id(key)}")

    def opens_thread(self, summary):
        """Open the replies that are summed up as "1 reply · 1 new"."""
        thread = self.page.get_by_role("group").filter(has_text=summary).last
        if not thread.get_by_role("link", name="Open this thread").is_visible():
            thread.locator("summary").click()
        self.follows("Open this thread", within=thread)

    def replies_to(self, text, reply):
        """Reply to the message that says `text`. Returns the key of the reply."""
        self.follows("Reply", within=self.message(text))
        return self.sends(reply)

    def edits(self, text, to):
        self.follows("Edit", within=self.message(text))
        expect(self.composer).to_have_value(text)
        self.types(to)
        self.presses("Save")

    # Reading

    def message(self, text):
        return self.page.get_by_role("article").filter(has_text=text)

    def sees_messages(self, *texts):
        """These messages stand open on the page, in this order, and no others."""
        articles = self.page.get_by_role("article")
        expect(articles).to_have_count(len(texts))
        expect(articles).to_contain_text(list(texts))

    def sees_in_view(self, text):
        expect(self.message(text)).to_be_in_viewport()

    def sees_heading(self, text):
        expect(self.page.get_by_role("heading", level=1)).to_have_text(text)

    def sees(self, text):
        expect(self.page.get_by_role("main")).to_contain_text(text)

    def sees_nothing_of(self, text):
        expect(self.page.locator("html")).not_to_contain_text(text)

    def is_told(self, text):
        """What is announced at once to somebody who cannot see it."""
        told = self.page.get_by_role("alert").or_(self.page.get_by_role("status"))
        expect(told).to_contain_text(text)

    def sees_typed(self, text):
        expect(self.composer).to_have_value(text)

    def sees_unread_count(self, count):
        badge = self.page.locator("#unread-badge")
        expect(badge).to_have_text(re.compile(rf"^{count}\b") if count else "")

    def sees_listed(self, *names):
        """The list of conversations beside the page names these people, the latest first."""
        listed = self.page.get_by_role("navigation", name="Conversations").get_by_role("listitem")
        expect(listed).to_have_count(len(names))
        expect(listed).to_contain_text(list(names))

    def sees_refusal(self, status, address, *args):
        assert self.visits(address, *args).status == status


def key_in(address):
    """The key of the message that an address points to."""
    return int(re.search(r"#message-(\d+)$", address)[1])
