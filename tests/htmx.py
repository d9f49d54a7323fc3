"""What htmx does with a page of the site, as far as the site makes use of it."""

import json
from copy import copy

from tests.html import button, fields_of, form_of, soup, text, value_of, whole

HTMX = {"HX-Request": "true"}
SWAPPED = (200, 409, 422)


class Tab:
    """A page that somebody has open: `tab.press("Send", content="Hi")`, `tab.poll()`.

    It changes as it would in a browser. What comes back is the answer of the site; the tab keeps
    it too, with the element that asked for it and the one that it was for.
    """

    control = target = response = None

    def __init__(self, client, page):
        self.client = client
        self.page = page

    def again(self):
        """The same page in one more tab."""
        return Tab(self.client, copy(self.page))

    def poll(self):
        return self.ask(self.page.find(id="live"))

    def press(self, name, within=None, **typed):
        """Press a button or follow a link that htmx serves, after something was typed."""
        part = within or self.page
        control = button(part, name) or next(a for a in part.select("a") if name in text(a))
        served = control if control in asking(part) else form_of(control)
        return self.ask(served, control, **typed)

    def ask(self, control, pressed=None, **typed):
        """What an element asks for by its attributes; `pressed`: the button that did."""
        self.control, self.target = control, aim(control)
        assert self.target, f"the place for its answer is not on the page: {control}"
        sent = values_of(control, pressed) | typed
        headers = HTMX | {"HX-Target": self.target.get("id", "")}
        method, address = request_of(control)
        if pressed:
            address = pressed.get("formaction", address)
        self.response = getattr(self.client, method)(address, sent, headers=headers)
        if is_swapped(self.response):
            answer, how = soup(self.response), control.get("hx-swap")
            swap(self.target, answer, how, control.get("hx-select"))
        return self.response


def events(response):
    """What an answer tells the other parts of the page: ["news"]."""
    return list(json.loads(response.headers.get("HX-Trigger", "{}")))


def reason(response):
    """Why something was refused, where an answer is nothing but words for the page to say."""
    is_reason = response.headers.get("Content-Type") == "text/plain; charset=utf-8"
    return response.content.decode() if is_reason else ""


def is_swapped(response):
    leads_away = response.headers.keys() & {"HX-Redirect", "HX-Refresh"}
    return response.status_code in SWAPPED and not leads_away


# What is sent


def asking(page):
    """The elements that htmx serves."""
    return page.select("[hx-get], [hx-post]")


def request_of(control):
    """How and where an element asks: ("get", "/unread/")."""
    method = "get" if "hx-get" in control.attrs else "post"
    return method, control[f"hx-{method}"]


def values_of(control, pressed=None):
    """What goes along: the form, where it is one or is posted from within, and `hx-include`."""
    form = control if control.name == "form" else form_of(control)
    sent = [] if form is None or "hx-get" in control.attrs else fields_of(form)
    if selector := control.get("hx-include"):
        sent += find(control, selector).select("input[name]")
    if pressed and pressed.get("name"):
        sent.append(pressed)
    return {field["name"]: value_of(field) for field in sent}


# Where it is shown


def aim(control):
    """The element that an answer is for, or None where it is not on the page."""
    return find(control, control.get("hx-target", "this"))


def find(control, selector):
    """The element that one of htmx's own selectors names, seen from this one, or None."""
    relation, _, other = selector.partition(" ")
    if relation == "this":
        return control
    if relation == "closest":
        return control.css.closest(other)
    return whole(control).select_one(selector)


def swap(target, answer, style=None, select=None):
    """Put an answer in place: first its pieces, wherever they belong, then the rest."""
    page = whole(target)
    for piece in answer.select("[hx-swap-oob]"):
        put(page, piece.extract())
    content = [*answer.select(select)] if select else [*answer.contents]
    if style == "outerHTML":
        target.replace_with(*content)
    elif style != "none":
        target.clear()
        target.extend(content)


def put(page, piece):
    """Put a piece where it belongs; nowhere, where that is not on the page."""
    way, _, selector = piece.attrs.pop("hx-swap-oob").partition(":")
    target = page.select_one(selector) if selector else page.find(id=piece["id"])
    if target is None:
        return
    if way == "true":
        target.replace_with(piece)
        return
    if way == "innerHTML":
        target.clear()
    target.extend([*piece.contents])
