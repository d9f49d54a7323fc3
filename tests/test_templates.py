"""The rules that templates keep, read from their sources."""

import re

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

FOLDER = settings.BASE_DIR / "templates"
TEMPLATES = {str(path.relative_to(FOLDER)): path.read_text() for path in FOLDER.rglob("*.*")}
PARTIALS = {name: TEMPLATES[name] for name in TEMPLATES if name.startswith("partials/")}
MAILS = [name for name in TEMPLATES if name.endswith(("_email.html", "_subject.txt"))]
PAGES = {name: TEMPLATES[name] for name in TEMPLATES.keys() - PARTIALS.keys() - set(MAILS)}

each = pytest.mark.parametrize
SAID = ("alt", "aria-label", "placeholder", "title")  # attributes that people are told


def markup_of(source):
    """A template without its tags, comments and variables, and without what they translate."""
    source = re.sub(r"\{#.*?#\}", "", source)
    source = re.sub(r"\{% blocktranslate.*?endblocktranslate %\}", "", source, flags=re.DOTALL)
    source = re.sub(r"\{% block layout %\}[\w -]+\{% endblock %\}", "", source)  # a class
    return BeautifulSoup(re.sub(r"\{%.*?%\}|\{\{.*?\}\}", "", source), "html.parser")


@each("name", PARTIALS)
def test_a_partial_says_on_its_first_line_what_it_is_given(name):
    first, *_ = PARTIALS[name].splitlines()

    assert re.fullmatch(r"\{# \S.+ #\}", first)


@each("name", PARTIALS)
def test_a_partial_never_extends(name):
    assert "{% extends" not in PARTIALS[name]


@each("name", sorted(PAGES))
def test_a_page_extends_another_unless_it_is_the_first_of_all(name):
    assert PAGES[name].startswith("{% extends") == (name != "base.html")


@each("name", TEMPLATES)
def test_every_word_is_translated(name):
    words = markup_of(TEMPLATES[name])
    said = [words.get_text(" ").replace("Parley", "")]
    said += [tag.get(attribute, "") for tag in words.find_all() for attribute in SAID]

    assert not [word for word in said if re.search(r"[^\W\d_]", word)]


@each("name", TEMPLATES)
def test_whoever_translates_loads_the_tags_for_it(name):
    source = TEMPLATES[name]

    assert "translate" not in source or re.search(r"\{% load [^%]*\bi18n\b", source)


@each("name", TEMPLATES)
def test_style_and_behaviour_stand_in_files_of_their_own(name):
    markup = markup_of(TEMPLATES[name])

    assert markup.find_all("style") == []
    assert markup.find_all("script", src=False) == []
    assert [tag for tag in markup.find_all() if any(map(is_inline, tag.attrs))] == []


def is_inline(attribute):
    return attribute == "style" or attribute.startswith(("on", "hx-on"))


def test_these_rules_would_notice():
    bad = markup_of('<p onclick="x()" title="Word">{% translate "Fine" %} Word</p>')

    assert bad.get_text().strip() == "Word"
    assert is_inline("onclick")
    assert bad.p["title"] == "Word"


def test_every_template_is_drawn_on_some_page(every_response, every_fragment):
    responses = [*every_response.values(), *(tab.response for tab in every_fragment.values())]
    drawn = {template.name for response in responses for template in response.templates}

    assert set(TEMPLATES) - set(MAILS) - drawn == set()
