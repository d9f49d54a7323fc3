import pytest
from django.urls import reverse

from messaging.forms import EditForm
from messaging.models import Message
from tests.html import alert, errors, fields, shown_messages, soup, text, typed


@pytest.fixture
def message(alice, bob, write):
    return write(alice, bob, "Helo")


@pytest.fixture
def edit(submit, message):
    """The answer to somebody's edit: `edit(alice, "Hello", version=3)`."""

    def edit(person, content, version=None):
        version = version or message.version
        return submit(person, "message-edit", message.pk, content=content, version=version)

    return edit


def contents(message):
    """What a message said, one after the other, and what it says now."""
    earlier = message.history.values_list("old_content", flat=True)
    return [*earlier, Message.objects.get(pk=message.pk).content]


def test_an_edit_leads_to_the_message_and_both_see_it(alice, bob, edit, message, visit):
    response = edit(alice, "Hello")

    assert response.status_code == 303
    assert response["Location"] == f"/messages/{message.pk}/#message-{message.pk}"
    assert shown_messages(visit(alice, message)) == ["Hello"]
    assert shown_messages(visit(bob, "conversation", "alice")) == ["Hello"]
    assert contents(message) == ["Helo", "Hello"]


def test_the_form_starts_with_what_the_message_says(alice, message, visit):
    assert typed(visit(alice, "message-edit", message.pk)) == "Helo"


def test_only_the_author_may_edit(alice, bob, charlie, browse, edit, message):
    address = reverse("message-edit", args=[message.pk])

    assert [browse(p).get(address).status_code for p in (alice, bob, charlie)] == [200, 403, 404]
    assert [edit(p, "Hacked").status_code for p in (bob, charlie)] == [403, 404]
    assert contents(message) == ["Helo"]
    assert edit(alice, "Hello").status_code == 303


def test_the_participant_is_told_why_not(bob, edit):
    response = edit(bob, "Hacked")

    assert "Only the person who wrote a message can edit it." in text(soup(response))


@pytest.mark.parametrize("content", ["", " \u200b", "x" * 10_001])
def test_a_refused_text_comes_back(content, alice, edit, message):
    response = edit(alice, content)

    assert response.status_code == 422
    assert len(errors(soup(response))) == 1
    assert typed(soup(response)) == content
    assert contents(message) == ["Helo"]


@pytest.mark.parametrize("version", ["", "abc", "0", str(2**63)])
def test_an_edit_without_a_version_is_refused_and_the_text_kept(version, alice, message, submit):
    response = submit(alice, "message-edit", message.pk, content="Hello", version=version)

    assert response.status_code == 422
    assert typed(soup(response)) == "Hello"
    assert contents(message) == ["Helo"]


def test_a_stale_edit_shows_both_texts_and_loses_neither(alice, edit, message):
    started_from = message.version
    edit(alice, "Hello from the phone", started_from)

    response = edit(alice, "Hello from the desk", started_from)

    assert response.status_code == 409
    assert text(soup(response).find("blockquote")) == "Hello from the phone"
    assert typed(soup(response)) == "Hello from the desk"
    assert "was changed while you were editing" in alert(soup(response))
    assert contents(message) == ["Helo", "Hello from the phone"]


def test_saving_after_a_conflict_works_and_keeps_everything(alice, browse, edit, message):
    started_from = message.version
    edit(alice, "Hello from the phone", started_from)
    page = soup(edit(alice, "Hello from the desk", started_from))
    address = reverse("message-edit", args=[message.pk])

    response = browse(alice).post(address, fields(page, address))

    assert response.status_code == 303
    assert contents(message) == ["Helo", "Hello from the phone", "Hello from the desk"]


def test_a_third_edit_during_the_conflict_is_a_conflict_again(alice, browse, edit, message):
    started_from = message.version
    edit(alice, "Second", started_from)
    page = soup(edit(alice, "Mine", started_from))
    message.refresh_from_db()
    edit(alice, "Third", message.version)
    address = reverse("message-edit", args=[message.pk])

    response = browse(alice).post(address, fields(page, address))

    assert response.status_code == 409
    assert text(soup(response).find("blockquote")) == "Third"
    assert typed(soup(response)) == "Mine"


def test_the_same_text_twice_is_no_conflict(alice, edit, message):
    started_from = message.version

    assert edit(alice, "Hello", started_from).status_code == 303
    assert edit(alice, "Hello", started_from).status_code == 303
    assert contents(message) == ["Helo", "Hello"]


def test_being_read_meanwhile_is_no_conflict(alice, bob, edit, message):
    started_from = message.version
    bob.received_messages.mark_read()
    message.refresh_from_db()
    assert message.version > started_from

    assert edit(alice, "Hello", started_from).status_code == 303


def test_saving_without_a_change_leaves_no_trace(alice, edit, message):
    edit(alice, "Helo")

    message.refresh_from_db()
    assert not message.edited
    assert contents(message) == ["Helo"]


@pytest.mark.parametrize("gone", ["message", "bob"])
def test_the_text_survives_the_message_going_at_that_moment(
    gone, alice, edit, monkeypatch, request
):
    delete = request.getfixturevalue(gone).delete
    clean = EditForm.clean
    monkeypatch.setattr(EditForm, "clean", lambda form: (clean(form), delete())[0])

    response = edit(alice, "Hello")

    assert response.status_code == 422
    assert alert(soup(response)) == "This message is no longer here."
    assert typed(soup(response)) == "Hello"
