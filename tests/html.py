"""Questions to ask a page, in the words of the domain."""

from bs4 import BeautifulSoup

from messaging.dom import dom_id


def soup(response):
    return BeautifulSoup(response.content, "html.parser")


def text(element):
    """What a reader sees of an element, with single spaces."""
    return " ".join(element.get_text(" ").split()) if element else ""


def shown_messages(page):
    """The texts of the messages on a page, in order."""
    return [text(article.select_one(".content")) for article in page.select("article.message")]


def shown_message(page, message):
    """The element of one message, or None."""
    return page.find(id=dom_id(message))


def depth_of(page, message):
    """How many threads a message stands in."""
    return len(shown_message(page, message).find_parents("details"))


def summary_of(page, message):
    """What stands on the thread below a message: "2 replies · 1 new", or "" without replies."""
    return text(page.find(id=dom_id(message, "summary")))


def actions_of(page, message):
    """What can be done with a message, in order: ["Reply", "Edit"]."""
    return [text(control) for control in shown_message(page, message).select(".actions > *")]


def below_new_lines(page):
    """The texts of the messages that stand right below a line that says "New"."""
    lines = [line for line in page.select("#conversation > li") if text(line) == "New"]
    return [text(line.find_next("article").select_one(".content")) for line in lines]


def listed_conversations(page):
    """The names in the list of conversations, in order."""
    return [text(name) for name in page.select(".conversations .name")]


def unread_senders(page):
    """Who wrote the unread messages of the inbox, the newest first."""
    return [text(name) for name in page.select(".unread-list .name")]


def badge_count(page):
    """The number on the unread badge: "3", "99+", or "" for none."""
    badge = page.find(id="unread-badge")
    return badge.find(string=True, recursive=False) or ""


def listed_notifications(page):
    """The lines of the list of notifications, without their times."""
    return [text(line.find("a")) for line in page.select(".notifications li") if line.find("time")]


def heading(page):
    return text(page.h1)


def alert(page):
    """What a page says at once to somebody who cannot see it: why something was refused."""
    return text(page.find(role="alert"))


def flash(page):
    """What a page says about the last action, or ""."""
    return text(page.find(role="status"))


def times(page):
    """The moments on a page, as machines read them."""
    return [time["datetime"] for time in page.select("main time")]


def link(page, name):
    """Where the link of this name leads, or None."""
    return next((a["href"] for a in page.select("a[href]") if name in text(a)), None)


def button(page, name):
    """The button of this name, or None."""
    return next((button for button in page.find_all("button") if text(button) == name), None)


def errors(page):
    """What the form says is wrong."""
    return [text(error) for error in page.select(".errors")]


def typed(page, name="content"):
    """What stands in a field of a form."""
    return value_of(page.find(attrs={"name": name}))


def fields(page, action=None):
    """What a form would send as it stands: {name: value}; of the main one without an action."""
    form = (
        page.find("form", action=action) if action else page.select_one("main form:not([hidden])")
    )
    return {field["name"]: value_of(field) for field in fields_of(form)}


def pressing(page, name, **typed):
    """Where the button of this name sends its form, and what: `post(*pressing(page, "Send"))`.

    `page` may be a part of it; `typed` is what was typed into the form before.
    """
    control = button(page, name)
    form = form_of(control)
    sent = {}
    for field in [*fields_of(form), control]:
        if "name" in field.attrs:
            sent.setdefault(field["name"], []).append(value_of(field))
    return control.get("formaction", form.get("action")), sent | typed


def form_of(control):
    """The form that a control belongs to: the one that it names, else the one it stands in."""
    name = control.get("form")
    return whole(control).find("form", id=name) if name else control.find_parent("form")


def fields_of(form):
    """What a form sends by itself, wherever on the page it stands."""
    fields = whole(form).select(":is(input, select, textarea)[name]")
    return [field for field in fields if form_of(field) is form]


def whole(element):
    """The page that an element is a part of."""
    *_, page = element.parents
    return page


def value_of(control):
    if control.name == "textarea":
        return control.get_text().removeprefix("\n")
    if control.name == "select":
        return control.find("option", selected=True)["value"]
    return control.get("value", "")
