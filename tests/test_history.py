"""The differences between versions by words, and the pages of a history."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from messaging.history import MOST_WORK, versions, word_differences, work
from messaging.models import MessageHistory

WORDS = st.lists(st.sampled_from(["one", "two", " ", "\n", ",", "語", "é", "👩"])).map("".join)


def without(kind, parts):
    return "".join(text for part, text in parts if part != kind)


# Differences


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("same", "same", [("equal", "same")]),
        (
            "See you on Monday.",
            "See you on Tuesday.",
            [
                ("equal", "See you on "),
                ("delete", "Monday"),
                ("insert", "Tuesday"),
                ("equal", "."),
            ],
        ),
        ("Hello", "Hello Bob", [("equal", "Hello"), ("insert", " Bob")]),
        ("Hello Bob", "Bob", [("delete", "Hello "), ("equal", "Bob")]),
        ("cat", "cut", [("delete", "cat"), ("insert", "cut")]),
        (
            "明日会おう",
            "昨日会おう",
            [("delete", "明"), ("insert", "昨"), ("equal", "日会おう")],
        ),
        ("", "new", [("insert", "new")]),
        ("old", "", [("delete", "old")]),
        ("", "", []),
    ],
)
def test_differences_are_told_by_words(old, new, parts):
    assert word_differences(old, new) == parts


@given(old=WORDS | st.text(), new=WORDS | st.text())
@example(old="\x00\ud800", new="\ud800")
def test_without_deletions_it_reads_new_and_without_insertions_old(old, new):
    parts = word_differences(old, new)

    assert without("delete", parts) == new
    assert without("insert", parts) == old


@given(old=WORDS, new=WORDS)
def test_no_part_is_empty_and_equal_parts_do_not_stand_side_by_side(old, new):
    parts = word_differences(old, new)

    assert all(text for _, text in parts)
    assert all(one[0] != next_one[0] for one, next_one in pairwise(parts))


def test_one_changed_word_of_a_long_text_is_one_difference():
    start, end = "on and on and " * 100, " on and on" * 100

    assert word_differences(f"{start}left{end}", f"{start}right{end}") == [
        ("equal", start),
        ("delete", "left"),
        ("insert", "right"),
        ("equal", end),
    ]


def test_very_long_texts_are_told_as_one_difference():
    words = [f"word{n % 100}" for n in range(1_500)]
    old = "".join(f"{word} {n} old " for n, word in enumerate(words))
    new = "".join(f"{word} {n} new " for n, word in enumerate(words[::-1]))
    assert work(old.split(), new.split()) > MOST_WORK

    assert word_differences(old, old) == [("equal", old)]
    assert word_differences(old, "") == [("delete", old)]
    assert word_differences(f"{old}same", f"{new}same") == [
        ("delete", old.rstrip()),
        ("insert", new.rstrip()),
        ("equal", " same"),
    ]


# The pages of a history


@pytest.fixture
def message(alice, bob, write):
    """It said "1" to "5"; "3" was bob's."""
    message = write(alice, bob, "1")
    for text in "2345":
        message.edit(text, version=message.version, editor=bob if text == "3" else None)
    return message


def told(shown):
    """What each version said, and by whom."""
    return [(without("delete", version.parts), version.by) for version in shown]


def test_versions_are_told_with_the_newest_first(message):
    shown, more = versions(message)

    assert told(shown) == [
        ("5", "Alice Moreau"),
        ("4", "Alice Moreau"),
        ("3", "Bob Tanaka"),
        ("2", "Alice Moreau"),
        ("1", "Alice Moreau"),
    ]
    assert [version.is_current for version in shown] == [True, False, False, False, False]
    assert [version.is_first for version in shown] == [False, False, False, False, True]
    assert without("insert", shown[0].parts) == "4"
    assert more is None


def test_the_pages_of_a_history_meet_without_gap(message):
    pages, before = [], None
    while not pages or before:
        shown, before = versions(message, before, limit=2)
        pages.append(told(shown))

    texts = [[text for text, _ in page] for page in pages]
    assert texts == [["5", "4"], ["3", "2", "1"]]


def test_a_later_page_does_not_hold_the_current_version(message):
    _, before = versions(message, limit=2)
    shown, _ = versions(message, before)

    assert not any(version.is_current for version in shown)


def test_a_message_that_was_never_edited_has_one_version(alice, bob, write):
    shown, more = versions(write(alice, bob, "Hello"))

    assert told(shown) == [("Hello", "Alice Moreau")]
    assert shown[0].is_current
    assert shown[0].is_first
    assert more is None


def test_an_editor_who_is_gone_is_not_named(alice, bob, charlie, write):
    message = write(alice, bob, "1")
    message.edit("2", version=message.version, editor=charlie)
    charlie.delete()

    shown, _ = versions(message)

    assert told(shown) == [("2", ""), ("1", "Alice Moreau")]


def test_a_page_does_not_start_at_another_messages_history(message, alice, bob, write):
    other = write(alice, bob, "1")
    other.edit("2", version=other.version)

    with pytest.raises(MessageHistory.DoesNotExist):
        versions(message, before=other.history.get().pk)


def test_a_page_takes_the_same_queries_for_any_number(message, django_assert_num_queries):
    message.sender.name  # noqa: B018  the page has it anyway

    with django_assert_num_queries(1):
        versions(message)
    with django_assert_num_queries(1):
        versions(message, limit=1)
