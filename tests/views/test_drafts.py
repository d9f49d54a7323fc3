"""What was typed and not sent is kept for its writer, and for nobody else."""

import pytest
from django.urls import reverse

from messaging.models import Message, MessageHistory, Notification, Participant
from tests.html import alert, button, flash, pressing, shown_messages, soup, typed

LETTER = "  Dear Bob,\n\n\nsee you at the lighthouse.\n\n"
SECRET = "lighthouse"
MOST = 100_000  # characters of a draft
HTMX = {"HX-Request": "true"}


@pytest.fixture
def message(alice, bob, write):
    return write(bob, alice, "Where shall we meet?")


@pytest.fixture
def keep(submit, message):
    """The answer to somebody who keeps a text for later: `keep(alice, "Dear Bob")`."""

    def keep(person, content, peer="bob"):
        return submit(person, "conversation", peer, content=content, draft="keep")

    return keep


def draft_of(person):
    return person.participations.get().draft


# Kept, and shown again


def test_a_draft_is_found_in_the_composer(alice, keep, visit):
    keep(alice, LETTER)

    assert typed(visit(alice, "conversation", "bob")) == LETTER


def test_the_button_of_the_composer_keeps_it(alice, browse, message):
    client = browse(alice)
    page = soup(client.get(reverse("conversation", args=["bob"])))

    response = client.post(*pressing(page, "Keep as draft", content=LETTER), follow=True)

    assert flash(soup(response)) == "Your draft is kept. Only you can see it."
    assert typed(soup(response)) == LETTER
    assert shown_messages(soup(response)) == ["Where shall we meet?"]


def test_it_is_the_same_at_another_browser(alice, browse, message):
    laptop, phone = browse(alice), browse(alice)
    address = reverse("conversation", args=["bob"])
    assert typed(soup(phone.get(address))) == ""

    laptop.post(address, {"content": LETTER, "draft": "keep"})

    assert typed(soup(phone.get(address))) == LETTER


def test_line_ends_are_those_of_the_writer(alice, keep, visit):
    keep(alice, LETTER.replace("\n", "\r\n"))

    assert typed(visit(alice, "conversation", "bob")) == LETTER


def test_a_later_draft_replaces_the_one_before(alice, keep, visit):
    for words in ("Dear Bob", "Dear Bob, hello", ""):
        keep(alice, words)
        assert typed(visit(alice, "conversation", "bob")) == words


@pytest.mark.parametrize("words", [" \n ", "x" * 10_001, "x" * MOST, "</textarea><b>", "e\u0301"])
def test_it_need_not_be_a_message_yet(words, alice, keep, visit):
    assert keep(alice, words).status_code == 303
    assert typed(visit(alice, "conversation", "bob")) == words


def test_htmx_has_nothing_to_swap(alice, browse, message, visit):
    form = {"content": LETTER, "draft": "keep"}

    response = browse(alice).post("/conversations/bob/", form, headers=HTMX)

    assert (response.status_code, response.content) == (204, b"")
    assert "HX-Trigger" not in response
    assert typed(visit(alice, "conversation", "bob")) == LETTER


# For nobody else


def test_the_other_person_sees_it_nowhere(alice, bob, browse, keep, message):
    keep(alice, LETTER)
    message.edit("Where and when?", version=message.version, editor=bob)
    addresses = [
        reverse(name)
        for name in ("inbox", "conversations", "compose", "notifications", "profile", "delete_user")
    ]
    addresses += [
        reverse(name, args=["alice"])
        for name in ("conversation", "conversation-fragment", "conversation-changes")
    ]
    addresses += [
        reverse(name, args=[message.pk])
        for name in ("message", "message-replies", "message-edit", "message-history")
    ]

    assert SECRET in browse(alice).get("/conversations/bob/").content.decode()
    for address in addresses:
        for headers in ({}, HTMX):
            response = browse(bob).get(address, headers=headers)
            assert response.status_code == 200, address
            assert SECRET not in response.content.decode(), address


def test_each_of_two_people_has_their_own(alice, bob, keep, visit):
    keep(alice, "From Alice")
    keep(bob, "From Bob", peer="alice")

    assert typed(visit(alice, "conversation", "bob")) == "From Alice"
    assert typed(visit(bob, "conversation", "alice")) == "From Bob"


def test_each_conversation_has_its_own(alice, bob, charlie, keep, visit, write):
    write(alice, charlie)

    keep(alice, LETTER)

    assert typed(visit(alice, "conversation", "bob")) == LETTER
    assert typed(visit(alice, "conversation", "charlie")) == ""


def test_a_third_person_keeps_nothing_there(alice, charlie, keep):
    assert keep(alice, LETTER).status_code == 303
    assert keep(charlie, "Mine").status_code == 404
    assert keep(charlie, "Mine", peer="alice").status_code == 404
    assert draft_of(alice) == LETTER


def test_nobody_keeps_one_for_whoever_signed_in_meanwhile(alice, bob, browse, keep):
    headers = {"X-Made-For": str(alice.pk)}
    form = {"content": LETTER, "draft": "keep"}

    assert browse(bob).post("/conversations/alice/", form, headers=headers).status_code == 409
    assert draft_of(bob) == ""


def test_whoever_was_signed_out_gets_the_text_back(keep):
    response = keep(None, LETTER)

    assert response.status_code == 401
    assert typed(soup(response)) == LETTER
    assert button(soup(response), "Send again")


# Until it is sent


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_it_is_gone_once_it_is_sent(headers, alice, browse, keep, visit):
    keep(alice, LETTER)

    browse(alice).post("/conversations/bob/", {"content": LETTER}, headers=headers)

    page = visit(alice, "conversation", "bob")
    assert shown_messages(page) == ["Where shall we meet?", " ".join(LETTER.split())]
    assert typed(page) == ""


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("refused", ["", "x" * 10_001, "a\0b"], ids=["empty", "long", "no text"])
def test_it_stays_when_a_send_is_refused(refused, headers, alice, browse, keep, visit):
    keep(alice, LETTER)

    response = browse(alice).post("/conversations/bob/", {"content": refused}, headers=headers)

    assert response.status_code == 422
    assert typed(soup(response)) == refused
    assert typed(visit(alice, "conversation", "bob")) == LETTER


def test_it_stays_when_something_else_is_written(alice, keep, message, submit, visit):
    keep(alice, LETTER)

    submit(alice, "message-replies", message.pk, content="At the harbour?")

    assert message.replies.count() == 1
    assert typed(visit(alice, "conversation", "bob")) == LETTER


def test_looking_changes_nothing(alice, browse, keep):
    keep(alice, LETTER)

    page = browse(alice).get("/conversations/bob/", {"draft": "keep", "content": "Other"})

    assert typed(soup(page)) == LETTER
    assert draft_of(alice) == LETTER


def test_keeping_it_happens_to_nobody_else(alice, keep, message):
    def happened():
        counts = [model.objects.count() for model in (Message, MessageHistory, Notification)]
        return [*counts, alice.conversations.get().version]

    before = happened()

    keep(alice, LETTER)

    assert draft_of(alice) == LETTER
    assert happened() == before


@pytest.mark.parametrize("leaver", ["alice", "bob"])
def test_it_goes_with_either_person(leaver, alice, bob, charlie, keep, request, submit, write):
    write(bob, charlie)
    write(alice, charlie)
    keep(alice, LETTER)
    keep(bob, LETTER, peer="alice")
    for person in (alice, bob):
        keep(charlie, LETTER, peer=person.username)
    assert Participant.objects.filter(draft=LETTER).count() == 4

    request.getfixturevalue(leaver).delete()

    kept = Participant.objects.filter(draft=LETTER).get()
    assert kept.user == charlie


# What cannot be kept


@pytest.mark.parametrize("words", ["x" * (MOST + 1), "a\0b"], ids=["too long", "no text"])
def test_what_cannot_be_kept_comes_back_with_the_reason(words, alice, browse, keep, visit):
    keep(alice, LETTER)
    form = {"content": words, "draft": "keep"}

    plain = soup(response := keep(alice, words))
    htmx = browse(alice).post("/conversations/bob/", form, headers=HTMX)

    assert (response.status_code, htmx.status_code) == (422, 400)
    assert "character" in alert(plain)
    assert htmx.content.decode() == alert(plain)
    assert typed(plain) == words
    assert typed(visit(alice, "conversation", "bob")) == LETTER


def test_a_draft_of_a_page_that_is_left_is_kept_without_a_word(alice, bob, write, browse):
    write(alice, bob)
    client = browse(alice)
    form = {"content": LETTER, "draft": "keep"}

    response = client.post("/conversations/bob/", form, headers={"Accept": "*/*"})

    assert (response.status_code, response.content) == (204, b"")
    assert draft_of(alice) == LETTER
    assert flash(soup(client.get("/conversations/bob/"))) == ""


def test_what_arrives_after_it_was_sent_is_no_draft(alice, browse, message):
    client = browse(alice)
    page = soup(client.get(reverse("conversation", args=["bob"])))
    sends, keeps = (pressing(page, name, content=LETTER) for name in ("Send", "Keep as draft"))

    client.post(*sends)
    client.post(*keeps)

    assert draft_of(alice) == ""


def test_a_send_that_is_repeated_ends_it_too(alice, browse, keep, message, visit):
    client = browse(alice)
    page = soup(client.get(reverse("conversation", args=["bob"])))
    send = pressing(page, "Send", content=LETTER)
    client.post(*send)
    keep(alice, LETTER + " No, wait")
    assert draft_of(alice) != ""

    client.post(*send)

    assert draft_of(alice) == ""
    assert len(shown_messages(visit(alice, "conversation", "bob"))) == 2
