"""What every page owes to those who hear it or use it by keyboard."""

import pytest

from tests.html import text

CONTROLS = "input:not([type=hidden]), select, textarea"


@pytest.fixture
def offences(every_page):
    """What is wrong, by page: `offences(lambda page: ...)`, which returns what is wrong on one."""

    def offences(wrong):
        found = {name: wrong(page) for name, page in every_page.items()}
        return {name: elements for name, elements in found.items() if elements}

    return offences


def test_there_is_every_page(every_page):
    assert len(every_page) > 45


def test_every_page_says_its_language(offences):
    assert offences(lambda page: page.html.get("lang") != "en") == {}


def test_every_page_has_a_title_of_its_own(offences):
    assert offences(lambda page: text(page.title) in ("", "· Parley", "Parley")) == {}


def test_every_page_has_one_heading_of_the_first_level_with_words_in_it(offences):
    assert offences(lambda page: [text(h1) for h1 in page.find_all("h1")].count("")) == {}
    assert offences(lambda page: len(page.find_all("h1")) != 1) == {}


def test_no_heading_skips_a_level(offences):
    def skips(page):
        levels = [0, *(int(heading.name[1]) for heading in page.select("h1, h2, h3, h4, h5, h6"))]
        return max(levels, default=0) > len(set(levels)) - 1

    assert offences(skips) == {}


def test_every_page_has_one_main_landmark(offences):
    assert offences(lambda page: len(page.find_all("main")) != 1) == {}


def test_the_first_link_skips_to_the_content(offences):
    def misses(page):
        return page.find(id=page.a["href"].removeprefix("#")) != page.main

    assert offences(misses) == {}
    assert offences(lambda page: "skip" not in text(page.a).lower()) == {}


def test_regions_of_the_same_kind_have_names(offences):
    def nameless(page):
        return [nav for nav in page.find_all("nav") if not name_of(nav, page)]

    assert offences(nameless) == {}


def test_every_control_has_a_label(offences):
    def unlabelled(page):
        return [control for control in page.select(CONTROLS) if not label_of(control, page)]

    assert offences(unlabelled) == {}


def test_help_and_errors_belong_to_their_control(offences):
    def lost(page):
        said = {id for control in page.select(CONTROLS) for id in described_by(control)}
        notes = page.select(".field .errors, .field .help")
        return [note for note in notes if note.get("id") not in said]

    def dangling(page):
        said = [id for control in page.select(CONTROLS) for id in described_by(control)]
        return [id for id in said if page.find(id=id) is None]

    assert offences(lost) == {}
    assert offences(dangling) == {}


def test_a_refused_control_says_that_it_is(offences, every_page):
    def silent(page):
        controls = [note.parent.select_one(CONTROLS) for note in page.select(".field .errors")]
        return [control for control in controls if control.get("aria-invalid") != "true"]

    assert every_page["sign up, refused"].select(".field .errors")
    assert offences(silent) == {}


def test_every_button_and_link_has_a_name(offences):
    def nameless(page):
        return [c for c in page.select("a, button, summary") if not name_of(c, page)]

    assert offences(nameless) == {}


def test_every_link_leads_somewhere(offences):
    assert offences(lambda page: page.select("a:not([href]), a[href=''], a[href='#']")) == {}


def test_links_within_a_page_find_their_place(offences):
    def lost(page):
        places = [a["href"][1:] for a in page.select("a[href^='#']")]
        return [place for place in places if not page.find(id=place)]

    assert offences(lost) == {}


def test_buttons_outside_their_form_find_it(offences):
    def lost(page):
        return [b for b in page.select("button[form]") if not page.find("form", id=b["form"])]

    assert offences(lost) == {}


def test_every_id_is_there_once(offences):
    def twice(page):
        ids = [element["id"] for element in page.select("[id]")]
        return {id for id in ids if ids.count(id) > 1}

    assert offences(twice) == {}


def test_the_order_of_the_keyboard_is_that_of_the_page(offences):
    moved = "[tabindex]:not([tabindex='0'], main[tabindex='-1'])"

    assert offences(lambda page: page.select(moved)) == {}


def test_every_picture_has_words_or_is_passed_over(offences):
    def wordless(page):
        return [p for p in page.select("img, svg") if "alt" not in p.attrs and not hidden(p)]

    assert offences(wordless) == {}


def test_lists_hold_nothing_but_their_lines(offences):
    assert offences(lambda page: page.select(":is(ul, ol) > :not(li)")) == {}
    assert offences(lambda page: page.select(":not(ul, ol) > li")) == {}


def test_every_moment_is_also_written_for_machines(offences):
    assert offences(lambda page: page.select("time:not([datetime])")) == {}


# The words that belong to an element


def hidden(element):
    return element.get("aria-hidden") == "true"


def name_of(element, page):
    """What a screen reader calls an element: its label, or what it holds and does not hide."""
    if label := element.get("aria-label"):
        return label
    return " ".join(
        string.strip()
        for string in element.find_all(string=True)
        if string.strip() and not any(map(hidden, string.find_parents(True)))
    )


def label_of(control, page):
    return control.get("aria-label") or text(page.find("label", attrs={"for": control.get("id")}))


def described_by(control):
    return control.get("aria-describedby", "").split()
