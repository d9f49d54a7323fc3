"""What a message may say, and how its text becomes HTML."""

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from hypothesis import example, given
from hypothesis import strategies as st

from messaging import text

# Text that is put together of what makes trouble.
PIECES = [
    *("a", "ü", "e\u0301", "語", "👩\u200d👩", "\u202eright to left", "&amp;", "<b>", "'", '"'),
    *(" ", "\n", "\r\n", "\t", "\x07", "\x85", "\u2028", "\u200b", "\ufeff", "\u3164"),
    *("https://a.example/x?y=1&z=2", "http://", "javascript:alert(1)", "www.a.example", "://"),
    *("me@a.example", ".", ",", ")", "(", "<script>", "<a href='https://a.example'>", "&lt;"),
]
TROUBLE = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


# Cleaning


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("Hello", "Hello"),
        ("  Hello \n", "Hello"),
        ("\u00a0Hello\u3000", "Hello"),
        ("one\r\ntwo\rthree\n\nfour", "one\ntwo\nthree\n\nfour"),
        ("a\tb", "a\tb"),
        ("bell\x07 escape\x1b[31m delete\x7f next\x85", "bell escape[31m delete next"),
        ("\x00".join(["no"]), "no"),
        ("Cafe\u0301", "Café"),
        ("e\x07\u0301", "é"),
        ("\u2126", "\u03a9"),
        ("👩\u200d👩\u200d👧", "👩\u200d👩\u200d👧"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("שלום \u200fעולם", "שלום \u200fעולם"),
        ("\U0010ffff", "\U0010ffff"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("'; DROP TABLE users; --", "'; DROP TABLE users; --"),
        ("%s {0} {{ x }} {% y %}", "%s {0} {{ x }} {% y %}"),
        ("👍\ufe0f", "👍\ufe0f"),
        ("\u200bx", "\u200bx"),
        (".", "."),
    ],
)
def test_a_text_is_stored_clean(typed, stored):
    assert text.clean(typed) == stored


def refused(typed):
    """The code of the error with which a text is refused."""
    with pytest.raises(ValidationError) as refusal:
        text.clean(typed)
    return refusal.value.code


@pytest.mark.parametrize(
    "typed",
    [
        "",
        " ",
        "\n\t\r\n",
        "\x07\x1b",
        "\u00a0\u2003\u3000",
        "\u200b\u200d\ufeff\u2060",
        "\u202e\u202c\u200f",
        "\u2028\u2029",
        "\u00ad",
        "\u115f\u1160\u2800\u3164\uffa0",
        "\ufe0f",
        "\u034f",
        "\u180b\u17b4",
        "\U000e0100",
        "\U000e0041",
        " \u200b\u3164\n\ufe0f ",
    ],
)
def test_a_text_without_one_visible_character_is_empty(typed):
    assert refused(typed) == "empty"
    assert text.clean(f"{typed}x{typed}").strip().count("x") == 1


@pytest.mark.parametrize("typed", ["\0", "a\0b", "\ud800", "a\udfffb", "\udc00\ud800"])
def test_what_is_no_text_is_refused(typed):
    assert refused(typed) == "not_text"


@pytest.mark.parametrize("letter", ["a", "語", "👩", "e\u0301"])
def test_a_text_has_ten_thousand_characters_at_most(letter):
    assert len(text.clean(letter * 10_000)) == 10_000
    assert refused(letter * 10_001) == "too_long"


def test_only_what_is_stored_counts():
    assert text.clean(" " * 10_000 + "a\r\n" * 5_000) == "a\n" * 4_999 + "a"


def test_the_error_says_how_much_is_too_much():
    with pytest.raises(ValidationError, match="1 character too long"):
        text.clean("a" * 10_001)
    with pytest.raises(ValidationError, match="5 characters too long"):
        text.clean("a" * 10_005)


@given(TROUBLE | st.text())
@example("e\x07\u0301")
@example("\x1f \u0301")
def test_a_clean_text_stays_as_it_is(typed):
    try:
        stored = text.clean(typed)
    except ValidationError:
        return
    assert text.clean(stored) == stored


# HTML


def parsed(html):
    return BeautifulSoup(f"<pre>{html}</pre>", "html.parser").pre


def links(html):
    return [(link["href"], link.get_text()) for link in parsed(html).find_all("a")]


@pytest.mark.parametrize(
    ("written", "linked"),
    [
        ("https://a.example", ["https://a.example"]),
        ("http://a.example/b?c=d#e", ["http://a.example/b?c=d#e"]),
        ("HTTPS://A.EXAMPLE/B", ["HTTPS://A.EXAMPLE/B"]),
        ("See https://a.example.", ["https://a.example"]),
        ("https://a.example, https://b.example!", ["https://a.example", "https://b.example"]),
        ("(https://a.example)", ["https://a.example"]),
        ("(see https://a.example/x_(y))", ["https://a.example/x_(y)"]),
        ("(see https://a.example).", ["https://a.example"]),
        ("[(https://a.example)!],", ["https://a.example"]),
        ("<https://a.example>", ["https://a.example"]),
        ('"https://a.example"', ["https://a.example"]),
        ("one\nhttps://a.example\ntwo", ["https://a.example"]),
        ("https://a.example/ü", ["https://a.example/ü"]),
        ("https://a.example/%20", ["https://a.example/%20"]),
        ("https://a.example:8000/?a=1&b=2", ["https://a.example:8000/?a=1&b=2"]),
    ],
)
def test_web_addresses_become_links(written, linked):
    assert [address for address, _ in links(text.to_html(written))] == linked
    assert parsed(text.to_html(written)).get_text() == written


@pytest.mark.parametrize(
    "written",
    [
        "javascript://alert(1)",
        "JaVaScRiPt://%0aalert(1)",
        "data://text/html,x",
        "ftp://a.example",
        "file:///etc/passwd",
        "vbscript://x",
        "//a.example",
        "://",
        "https://",
        "https:///a.example",
        "https:a.example",
        "www.a.example https ://",
        "a.com and://b.org",
        "me@a.example ://",
        "mailto:me@a.example ://",
        "xhttps://a.example",
        "javascript:https://a.example",
    ],
)
def test_nothing_else_becomes_a_link(written):
    assert links(text.to_html(written)) == []


@pytest.mark.parametrize(
    ("written", "html"),
    [
        ("<b>&amp;'\"", "&lt;b&gt;&amp;amp;&#x27;&quot;"),
        ("<script>://</script>", "&lt;script&gt;://&lt;/script&gt;"),
        (
            "https://a.example/<b>",
            '<a href="https://a.example/" rel="nofollow noopener">https://a.example/</a>&lt;b&gt;',
        ),
        (
            "https://a.example/?a=1&b='\"",
            '<a href="https://a.example/?a=1&amp;b=" rel="nofollow noopener">'
            "https://a.example/?a=1&amp;b=</a>&#x27;&quot;",
        ),
        ("a\nb", "a\nb"),
        ("{{ x }} {% y %}", "{{ x }} {% y %}"),
    ],
)
def test_all_else_is_escaped(written, html):
    assert text.to_html(written) == html


@given(TROUBLE)
def test_html_reads_as_it_was_written_and_holds_links_alone(written):
    page = parsed(text.to_html(written))

    assert page.get_text() == written
    assert {tag.name for tag in page.find_all()} <= {"a"}
    for link in page.find_all("a"):
        assert link["href"].lower().startswith(("http://", "https://"))
        assert link.attrs == {"href": link["href"], "rel": ["nofollow", "noopener"]}


# Folding


def test_a_text_of_usual_length_is_not_folded():
    for short in ("", "Hello", "a" * 1_500, "a\n" * 23 + "a"):
        assert text.fold(short) == (short, "")


def test_a_long_text_is_folded_between_words():
    beginning, rest = text.fold("somebody " * 500)

    assert beginning == "somebody " * 166
    assert rest == "somebody " * 334


def test_a_text_of_many_lines_is_folded_between_lines():
    beginning, rest = text.fold("\n".join(f"line {n}" for n in range(100)))

    assert beginning.endswith("line 23")
    assert rest.startswith("\nline 24")


def test_a_text_without_spaces_is_folded_all_the_same():
    beginning, rest = text.fold("語" * 3_000)

    assert beginning + rest == "語" * 3_000
    assert beginning
    assert len(beginning) <= 1_500


@pytest.mark.parametrize(("start", "length"), [(1_490, 30), (1_450, 100), (1_300, 400)])
def test_a_web_address_is_not_cut_in_two(start, length):
    address = "https://a.example/" + "x" * length
    words = "word " * 300
    beginning, rest = text.fold(f"{words[-start:]}{address} and more")

    assert links(text.to_html(beginning)) == []
    assert links(text.to_html(rest)) == [(address, address)]


@given(st.text(alphabet="a語 \n", max_size=60).map(lambda piece: piece * 100))
def test_a_folded_text_is_whole(written):
    beginning, rest = text.fold(written)

    assert beginning + rest == written
    assert len(beginning) <= 1_500
    assert beginning.count("\n") < 24
    assert beginning or not rest


def test_a_long_text_is_folded_after_a_sentence_where_one_ends_near():
    sentences = "One two three four five six seven eight nine. " * 60
    beginning, rest = text.fold(sentences)

    assert beginning.endswith("nine. ")
    assert rest.startswith("One ")
