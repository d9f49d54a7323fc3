"""What people do on the site and see there, in the words that they would use themselves."""

import re
from uuid import uuid4

from django.urls import reverse
from playwright.sync_api import expect

from messaging.dom import dom_id

PASSWORD = "correct horse battery"

# Whether a click on a control is answered in the page that is open, by a script.
IS_ANSWERED_IN_PLACE = """control => window.htmx
    && (control.matches("[hx-get], [hx-post], .close") || control.form?.matches("[hx-post]"))"""

NOT_THESE = "all => all.map(one => `:not(#${one.id})`).join('')"


class Somebody:
    """Somebody who looks at one tab of a browser; what they do is found by role, label and name."""

    def __init__(self, name, page, username=None):
        self.name = name
        self.username = username or f"{name.lower()}-{uuid4().hex[:8]}"
        self.page = page

    def in_another_tab(self):
        return type(self)(self.name, self.page.context.new_page(), self.username)

    def at_the_browser_of(self, other):
        return type(self)(self.name, other.page.context.new_page(), self.username)

    # Getting about

    def visits(self, address, *args):
        """Open an address by its name, `visits("conversation", "bob")`, or as it stands."""
        url = address if address.startswith(("/", "http")) else reverse(address, args=args)
        return self.page.goto(url)

    def follows(self, link, within=None):
        self.gets((within or self.page).get_by_role("link", name=link, exact=True))

    def presses(self, button, within=None):
        self.gets((within or self.page).get_by_role("button", name=button, exact=True))

    def gets(self, control):
        """Use a control, and wait for what that brings: another page, or a piece of this one."""
        if control.evaluate(IS_ANSWERED_IN_PLACE):
            self.uses(control)
            expect(self.page.locator(".htmx-request")).to_have_count(0)
        else:
            with self.page.expect_navigation():
                self.uses(control)

    def reaches(self, control):
        control.focus()

    def uses(self, control):
        control.click()

    def fills(self, field, text):
        field.fill(text)

    def goes_back(self):
        self.page.go_back(wait_until="commit")  # a page that was kept does not load again

    # Being somebody

    def signs_up(self):
        self.visits("signup")
        self.fills(self.page.get_by_label("Username"), self.username)
        self.fills(self.page.get_by_label("Display name"), self.name)
        self.fills(self.page.get_by_label("Password", exact=True), PASSWORD)
        self.fills(self.page.get_by_label("Password confirmation"), PASSWORD)
        self.presses("Sign up")
        self.sees_heading("Unread")

    def tries_to_sign_in(self):
        self.visits("login")
        self.fills(self.page.get_by_label("Username"), self.username)
        self.fills(self.page.get_by_label("Password"), PASSWORD)
        self.presses("Sign in")

    def signs_in(self):
        self.tries_to_sign_in()
        self.sees_heading("Unread")

    def opens_the_account_menu(self):
        self.uses(self.page.locator("summary", has_text="Your account"))

    def signs_out(self):
        self.opens_the_account_menu()
        self.presses("Sign out")
        self.sees_heading("Sign in")

    def deletes_the_account(self, password=PASSWORD):
        self.visits("delete_user")
        self.confirms_with(password)

    def confirms_with(self, password):
        self.fills(self.page.get_by_label("Your password"), password)
        self.presses("Delete my account and all of this")

    # Writing

    @property
    def composer(self):
        """Where a message is written: where the cursor is, or else at the end of the page."""
        fields = self.page.get_by_role("textbox", name="Message")
        in_use = fields.and_(self.page.locator(":focus"))
        return in_use if in_use.count() else fields.last

    @property
    def form_in_use(self):
        return self.page.locator("form:focus-within")

    def types(self, text):
        self.fills(self.composer, text)

    def sends(self, text):
        """Send a text from the form that is open. Returns the key of the message."""
        known = self.page.locator("article[id]").evaluate_all(NOT_THESE)
        self.types(text)
        self.presses("Send", within=self.form_in_use)
        sent = self.page.locator(f"article{known}").filter(has_text=text[:200]).last
        expect(sent).to_be_visible()
        return key_in(sent.get_attribute("id"))

    def leaves_unsent(self, text):
        """Type a text and leave it, as a draft that the site keeps."""
        keep = self.page.get_by_role("button", name="Keep as draft")
        with self.page.expect_response(lambda answer: answer.request.method == "POST"):
            self.types(text)
            if keep.is_visible():  # where scripts are blocked
                self.gets(keep)

    def insists(self):
        """Send again what was refused, where the page says so and still can; at most twice."""
        send = self.page.get_by_role("button", name=re.compile("^Send"))
        for _ in range(2):
            if self.page.get_by_role("alert").is_visible() and send.is_visible():
                self.gets(send)

    @property
    def form(self):
        """What the open form would send as it stands: {name: value}."""
        fields = self.page.locator("#composer [name]:not(button)")
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
        self.fills(self.page.get_by_role("combobox", name="To"), other.username)

    def opens_conversation_with(self, other):
        listed = self.page.get_by_role("navigation", name="Conversations")
        self.follows(re.compile(rf"^{other.name}\b"), within=listed)
        self.sees_heading(other.name)

    def opens_message(self, key):
        self.visits(f"{reverse('message', args=[key])}#{dom_id(key)}")

    def opens_thread(self, summary):
        """Open the replies that are summed up as "1 reply · 1 new"."""
        thread = self.page.get_by_role("group").filter(has_text=summary).last
        link = thread.get_by_role("link", name="Open this thread")
        if link.is_visible():  # it covers the summary where scripts are blocked
            self.gets(link)
        else:
            self.uses(thread.locator("summary"))
            expect(thread.get_by_role("article").first).to_be_visible()

    def replies_to(self, text, reply):
        """Reply to the message that says `text`. Returns the key of the reply."""
        self.follows("Reply", within=self.message(text))
        self.reaches(self.page.get_by_placeholder(re.compile("^Reply to ")))
        return self.sends(reply)

    def edits(self, text, to):
        self.begins_to_edit(text)
        self.types(to)
        self.presses("Save", within=self.form_in_use)

    def begins_to_edit(self, text):
        self.follows("Edit", within=self.message(text))
        self.reaches(self.page.get_by_role("article").get_by_role("textbox", name="Message"))
        self.sees_typed(text)

    # Reading

    def message(self, text):
        return self.page.get_by_role("article").filter(has_text=text)

    def versions_of(self, text):
        """What a message said earlier, the latest first, once its history is open."""
        key = key_in(self.message(text).get_attribute("id"))
        return self.page.locator(f"#{dom_id(key, 'history')}").get_by_role("listitem")

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
        expect(told).to_contain_text(text, use_inner_text=True)

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
    """The key of the message that an address, or an id, points to."""
    return int(re.search(r"\bmessage-(\d+)$", address)[1])
