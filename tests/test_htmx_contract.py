"""What the markup asks of htmx, the site answers, and the page has a place for.

On every page of the site, and on every page again after each thing that can happen to it.
"""

import json
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from bs4 import Tag
from django.urls import resolve

from messaging.dom import PARTS
from tests import gallery
from tests.html import form_of, soup, text
from tests.htmx import HTMX, find, is_swapped, request_of

FIXED = {"conversation", "live", "announcer"}
OTHERS = re.compile(r"from:((?:closest )?[^\s,]+)")
INLINE = re.compile("on|style$|hx-on|data-hx")
PIECES = re.compile(rf"(?:{'|'.join(PARTS)})-\d+|{'|'.join(FIXED)}")


@dataclass
class Place:
    """A page, with what many questions to it begin with."""

    page: Tag

    def __post_init__(self):
        self.elements = self.page.find_all()
        self.ids = [element["id"] for element in self.elements if "id" in element.attrs]
        self.asking = [e for e in self.elements if e.attrs.keys() & {"hx-get", "hx-post"}]

    def has(self, control, selector):
        if selector.startswith("#"):
            return selector[1:] in self.ids
        return find(control, selector) is not None


@pytest.fixture(scope="session")
def places(asked, read):
    """{name: place} of every page, and of every page after something happened to it."""
    after = {f"after {name}": tab.page for name, tab in asked.items()}
    return {name: Place(page) for name, page in (read | after).items()}


@pytest.fixture
def offences(places):
    """What is wrong, by page: `offences(lambda place: ...)`, which returns what is wrong there."""

    def offences(wrong):
        found = {name: wrong(place) for name, place in places.items()}
        return {name: [*elements] for name, elements in found.items() if elements}

    return offences


@pytest.fixture
def swapped(every_fragment):
    """{name: tab}: what htmx has put into a page, and where."""
    return {name: tab for name, tab in every_fragment.items() if is_swapped(tab.response)}


def test_there_is_every_fragment(every_fragment, swapped):
    statuses = {tab.response.status_code for tab in every_fragment.values()}
    names = {t.name for tab in swapped.values() for t in tab.response.templates}

    assert {200, 204, 409, 422} <= statuses
    assert {
        "partials/changes.html",
        "partials/compose_form.html",
        "partials/composer.html",
        "partials/conversation.html",
        "partials/conversations.html",
        "partials/history.html",
        "partials/message.html",
        "partials/message_form.html",
        "partials/replies.html",
        "partials/reply.html",
        "partials/unread.html",
        "partials/unread_badge.html",
    } <= names


# What is asked


def test_every_address_answers_that_way_of_asking(offences):
    def deaf(place):
        for control in place.asking:
            method, address = request_of(control)
            view = resolve(urlsplit(address).path).func.view_class
            if method not in view.http_method_names or not hasattr(view, method):
                yield control

    assert offences(lambda place: [*deaf(place)]) == {}


def test_what_is_asked_for_is_never_broken(every_fragment):
    broken = {name: tab.response for name, tab in every_fragment.items()}

    assert [name for name, response in broken.items() if response.status_code >= 500] == []


def test_every_link_and_button_works_without_script(offences):
    """It leads to, or sends to, what htmx asks."""

    def dead(place):
        for control in place.asking:
            method, address = request_of(control)
            if control.name == "a":
                way = "get", control["href"].partition("#")[0]
            elif control.name == "form":
                way = control["method"], control["action"]
            elif control.name == "button":
                form = form_of(control)
                way = form["method"], control.get("formaction", form["action"])
            else:
                continue  # it asks by itself, and nobody misses it
            if way != (method, address):
                yield control

    assert offences(lambda place: [*dead(place)]) == {}


def test_every_link_leads_to_a_page(alice, bob, visit, watch, write):
    message = write(alice, bob)
    message.edit("Hello, Bob", version=message.version)
    write(bob, alice, to=message)
    tab = watch(alice, "conversation", "bob")
    links = tab.page.select("a[hx-get]")
    assert [text(link) for link in links] == ["edited", "Reply", "Edit", "Open this thread"]

    for link in links:
        assert visit(alice, link["href"]).html
    tab.press("Edit")
    assert visit(alice, tab.page.select_one("a.close[hx-get]")["href"]).html


def test_every_control_says_what_becomes_of_the_answer(offences):
    def silent(place):
        return [control for control in place.asking if "hx-swap" not in control.attrs]

    assert offences(silent) == {}


@pytest.mark.parametrize("attribute", ["hx-target", "hx-include", "hx-sync"])
def test_what_a_control_names_is_on_the_page(attribute, offences):
    def lost(place):
        for element in place.elements:
            named = element.get(attribute, "this").partition(":")[0]
            if not place.has(element, named):
                yield element

    assert offences(lambda place: [*lost(place)]) == {}


def test_whom_a_control_listens_to_is_on_the_page(offences):
    def lost(place):
        for element in place.elements:
            for other in OTHERS.findall(element.get("hx-trigger", "")):
                if not place.has(element, other):
                    yield element

    assert offences(lambda place: [*lost(place)]) == {}


def test_what_belongs_to_a_form_finds_it(offences):
    def lost(place):
        named = [element for element in place.elements if "form" in element.attrs]
        return [element for element in named if element["form"] not in place.ids]

    assert offences(lost) == {}


# What is answered


def test_a_fragment_is_one_element_with_the_id_of_what_it_replaces(swapped):
    """Or, with pieces for other places, the first of several."""
    for name, tab in swapped.items():
        if tab.control.get("hx-swap") == "outerHTML" and "hx-select" not in tab.control.attrs:
            first, *others = soup(tab.response).find_all(recursive=False)
            assert first["id"] == tab.target["id"], name
            assert all("hx-swap-oob" in other.attrs for other in others), name


def test_a_part_of_a_fragment_is_chosen_by_its_root(swapped):
    for name, tab in swapped.items():
        if chosen := tab.control.get("hx-select"):
            [root] = soup(tab.response).find_all(recursive=False)
            of_root, _, _ = chosen.partition(" > ")
            assert root.css.match(of_root), name


ROOTS = {
    "inbox": ".unread-list",
    "conversations": ".conversations",
    "compose": "#composer",
    "conversation": "#composer",
    "conversation-fragment": "#conversation",
    "message": "#message-{pk}",
    "message-replies": "#thread-{pk}",
    "message-edit": "#message-{pk}",
    "message-history": "#history-{pk}",
    "unread-badge": "#unread-badge",
}


@pytest.mark.parametrize("name", ROOTS)
def test_a_fragment_is_one_element_that_can_be_found(name, alice, bob, browse, write):
    message = write(alice, bob)
    write(bob, alice, to=message)
    pattern = gallery.resolve_url(name, *arguments_of(name, message))

    [root] = soup(browse(alice).get(pattern, headers=HTMX)).find_all(recursive=False)

    assert root.css.match(ROOTS[name].format(pk=message.pk))


def arguments_of(name, message):
    if name.startswith("conversation-") or name == "conversation":
        return ["bob"]
    return [message.pk] if name.startswith("message") else []


def test_no_fragment_is_a_page(swapped):
    for name, tab in swapped.items():
        assert soup(tab.response).find(["html", "head", "body", "title"]) is None, name


def test_every_piece_is_for_an_id_that_can_be(swapped):
    pieces = {}
    for name, tab in swapped.items():
        for piece in soup(tab.response).select("[hx-swap-oob]"):
            _, _, selector = piece["hx-swap-oob"].partition(":")
            pieces.setdefault(selector.removeprefix("#") or piece["id"], name)

    assert {re.sub(r"\d+", "N", piece) for piece in pieces} >= {
        *FIXED - {"live"},
        "message-N",
        "replies-N",
        "summary-N",
        "thread-N",
    }
    assert [piece for piece in pieces if not PIECES.fullmatch(piece)] == []


def test_no_page_is_made_of_pieces(every_page):
    assert [name for name, page in every_page.items() if page.select("[hx-swap-oob]")] == []


def test_every_id_is_there_once_whatever_happens(offences):
    assert offences(lambda place: {id for id in place.ids if place.ids.count(id) > 1}) == {}


# What the policy forbids, and htmx 4 does not know


def test_nothing_on_a_page_is_a_script_or_a_style_of_its_own(offences):
    def inline(place):
        for element in place.elements:
            is_script = element.name == "script" and "src" not in element.attrs
            if (
                is_script
                or element.name == "style"
                or any(re.match("on|style$|hx-on|data-hx", a) for a in element.attrs)
            ):
                yield element

    assert offences(lambda place: [*inline(place)]) == {}


def test_nothing_has_to_be_evaluated(offences):
    def evaluated(place):
        for element in place.elements:
            values = [element.get(a, "") for a in ("hx-vals", "hx-vars", "hx-headers")]
            is_code = any(re.match(r"js:|javascript:", value) for value in values)
            if is_code or "hx-vars" in element.attrs or "[" in element.get("hx-trigger", ""):
                yield element

    assert offences(lambda place: [*evaluated(place)]) == {}


def test_htmx_is_told_how_to_behave_on_every_page(every_page):
    for name, page in every_page.items():
        config = json.loads(page.find("meta", attrs={"name": "htmx-config"})["content"])
        assert config["allowEval"] is False, name
        assert config["historyCacheSize"] == 0, name
        assert config["historyRestoreAsHxRequest"] is False, name
        assert config["disableInheritance"] is True, name
        assert config["includeIndicatorStyles"] is False, name
        assert config["disableSelector"] == "[hx-ignore]", name
        assert [is_shown(config, status) for status in (200, 204, 401, 404, 409, 422, 500)] == [
            *(True, False, False, False, True, True, False)
        ], name


def is_shown(config, status):
    """Whether htmx puts an answer of this status into the page: the first rule that fits says."""
    rules = config["responseHandling"]
    return next(rule["swap"] for rule in rules if re.search(rule["code"], str(status)))


# What people write is nothing but text

EVIL = '<b id="live" hx-get="/evil/" hx-trigger="load" hx-swap-oob="true">Evil</b>'


@pytest.fixture
def evil(alice, bob, write):
    """The pages that alice meets where all that can be written is markup for htmx."""
    for person in (alice, bob):
        person.display_name = '<i hx-get="/evil/" id="live">Evil</i>'
        person.save()
    theirs, mine = write(bob, alice, EVIL), write(alice, bob, EVIL)
    for message in (theirs, mine):
        for content in (EVIL * 2, EVIL * 40):
            message.edit(content, version=message.version)
        write(bob, alice, EVIL, to=message)
    alice.participations.get().keep_draft(EVIL)
    reader = gallery.Reader(alice)
    pages = [
        reader.tab("inbox"),
        reader.tab("conversations"),
        reader.tab("compose", to=EVIL),
        reader.tab("conversation", "bob"),
        reader.tab("notifications"),
        reader.tab(mine),
        reader.tab("message-replies", theirs.pk),
        reader.tab("message-edit", mine.pk),
        reader.tab("message-history", mine.pk),
    ]
    write(bob, alice, EVIL)
    write(bob, alice, EVIL, to=theirs)
    return [*pages, *gallery.crawl(pages).values()]


def test_what_people_write_is_never_markup_and_htmx_does_not_look_there(evil):
    assert len(evil) > 30
    for tab in evil:
        assert "Evil" in str(tab.page)
        assert tab.page.select("b, i, [hx-get*=evil]") == []
        for words in tab.page.select(".content, #announcer p"):
            assert words.has_attr("hx-ignore")
