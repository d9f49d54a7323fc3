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


def errors(page):
    """What the form says is wrong."""
    return [text(error) for error in page.select(".errors")]


def typed(page, name="content"):
    """What stands in a field of a form."""
    return value_of(page.find(attrs={"name": name}))


def fields(page, action=None):
    """What a form would send as it stands: {name: value}; of the main one without an action."""
    form = page.find("form", action=action) if action else page.select_one("main form:not([hidden])")
    return {control["name"]: value_of(control) for control in form.select("[name]")}


def value_of(control):
    if control.name == "textarea":
        return control.get_text().removeprefix("\n")
    return control.get("value", "")
