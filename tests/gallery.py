"""Every page of the site once, also those that refuse something."""

import re
from unittest.mock import patch

from django.core import mail
from django.shortcuts import resolve_url
from django.test import Client, override_settings

from messaging import threads
from messaging.dom import dom_id
from messaging.models import Message, User
from messaging.views import InboxView
from messaging.views.mixins import LISTED
from tests.html import soup, text
from tests.htmx import Tab, aim, asking, request_of


class Reader(Client):
    """Somebody who looks at pages and sends forms, and follows where these lead."""

    def __init__(self, person=None, **defaults):
        super().__init__(raise_request_exception=False, **defaults)
        if person is not None:
            self.force_login(person)

    def page(self, to, /, *args, **query):
        return self.get(resolve_url(to, *args), query, follow=True)

    def tab(self, to, /, *args, **query):
        return Tab(self, soup(self.page(to, *args, **query)))

    def answer(self, to, /, *args, **fields):
        return self.post(resolve_url(to, *args), fields, follow=True)


def every_response():
    """{name: response}, as alice and people who are not signed in meet them."""
    alice = User.objects.create_user("alice", email="alice@example.org", password="secret")
    bob = User.objects.create_user("bob", display_name="Bob Tanaka")
    return {**of_alice(alice, bob), **refused(alice, bob), **of_anyone()}


def of_alice(alice, bob):
    question = Message.objects.create(sender=bob, receiver=alice, content="Lunch? " * 400)
    question.edit("Dinner? " * 400, version=question.version)
    chain = [question]
    for number in range(threads.LEVELS + 5):
        chain.append(
            Message.objects.create(
                sender=alice, receiver=bob, content=str(number), parent_message=chain[-1]
            )
        )
    mine = Message.objects.create(sender=alice, receiver=bob, content="See https://example.org/")
    for number in range(LISTED):
        mine.edit(f"See https://example.org/{number}", version=mine.version)
    Message.objects.bulk_create(
        Message(sender=bob, receiver=alice, content="Hello", parent_message=parent)
        for parent in [question, None]
        for _ in range(LISTED + 1)
    )

    reader, newcomer = Reader(alice), Reader(User.objects.create_user("dora"))
    return {
        "inbox": reader.page("inbox"),
        "conversations": reader.page("conversations"),
        "compose": reader.page("compose"),
        "conversation": reader.page("conversation", "bob"),
        "earlier messages": reader.page("conversation", "bob", before=mine.pk),
        "thread": reader.page(question),
        "deep in a thread": reader.page(chain[-2]),
        "replies": reader.page("message-replies", question.pk),
        "later replies": reader.page("message-replies", question.pk, after=chain[1].pk),
        "edit": reader.page("message-edit", mine.pk),
        "history": reader.page("message-history", mine.pk),
        "notifications": reader.page("notifications"),
        "profile": reader.page("profile"),
        "profile, saved": reader.answer("profile", time_zone="UTC", email=alice.email),
        "password": reader.page("password_change"),
        "delete account": reader.page("delete_user"),
        "empty inbox": newcomer.page("inbox"),
        "no conversations": newcomer.page("conversations"),
        "no notifications": newcomer.page("notifications"),
    }


def refused(alice, bob):
    theirs = Message.objects.create(sender=bob, receiver=alice, content="Hello")
    mine = Message.objects.create(sender=alice, receiver=bob, content="Helo")
    stale = {"content": "Hallo", "version": mine.version}
    mine.edit("Hello", version=mine.version)
    letter = {"receiver": "bob", "content": "Hello"}

    reader = Reader(alice)
    unproven = Reader(alice, enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    with patch.object(InboxView, "get_context_data", side_effect=RuntimeError):
        broken = reader.page("inbox")
    return {
        "compose, refused": reader.answer("compose", receiver="nobody"),
        "conversation, refused": reader.answer("conversation", "bob"),
        "replies, refused": reader.answer("message-replies", theirs.pk),
        "edit, refused": reader.answer("message-edit", mine.pk),
        "edit, stale": reader.answer("message-edit", mine.pk, **stale),
        "profile, refused": reader.answer("profile", email="nowhere"),
        "password, refused": reader.answer("password_change"),
        "delete account, refused": reader.answer("delete_user", password="wrong"),
        "signed out": Reader().answer("compose", **letter),
        "made for another": reader.answer("compose", **letter, made_for=bob.pk),
        "too old": unproven.answer("compose", **letter),
        "wrong address": reader.page("inbox", before="x"),
        "not allowed": reader.page("message-edit", theirs.pk),
        "nothing there": reader.page("/nowhere/"),
        "broken": broken,
    }


def of_anyone():
    reader = Reader()
    guesses = [reader.answer("login", username="alice", password="guess") for _ in range(5)]
    pages = {
        "sign in": reader.page("login"),
        "sign in, refused": guesses[0],
        "locked out": guesses[-1],
        "by invitation": reader.page("signup"),
        "reset": reader.page("password_reset"),
        "reset, refused": reader.answer("password_reset", email="nowhere"),
        "reset, sent": reader.answer("password_reset", email="alice@example.org"),
        "reset, used link": reader.page("password_reset_confirm", "x", "x-y"),
        "nothing there for anyone": reader.page("/nowhere/"),
    }
    with override_settings(SIGNUP="open"):
        pages["sign in, open to all"] = reader.page("login")
        pages["sign up"] = reader.page("signup")
        pages["sign up, refused"] = reader.answer("signup", username="alice")
    mailed = re.search(r"https?://[^/]+(/\S+)", mail.outbox[-1].body)[1]
    pages["new password"] = reader.page(mailed)
    return pages


# What htmx asks for


def every_fragment(responses):
    """{name: the tab that asked}, of all these pages and of what they show after that."""
    alice, bob = (User.objects.get(username=name) for name in ("alice", "bob"))
    pages = [Tab(response.client, soup(response)) for response in responses.values()]
    return {**crawl(pages), **of_writing(alice, bob), **of_news(alice, bob)}


def crawl(tabs):
    """Each kind of question once on each kind of page; those of the bar of the site once."""
    asked, waiting = {}, [*tabs]
    for tab in waiting:
        page = text(tab.page.h1)
        for number, control in enumerate(asking(tab.page)):
            place = "bar" if control.find_parent("nav") else page
            question = " ".join([*request_of(control), control.get("hx-target", "")])
            name = re.sub(r"\d+", "N", f"{place}: {question}")
            if name not in asked and aim(control):
                asked[name] = tab.again()
                asked[name].ask(asking(asked[name].page)[number])
                waiting.append(asked[name])
    return asked


def of_writing(alice, bob):
    """What alice writes in her page."""
    reader = Reader(alice)
    question = Message.objects.create(sender=alice, receiver=bob, content="Tea?")
    answer = Message.objects.create(sender=bob, receiver=alice, content="Yes")
    form = dom_id(question, "reply")

    def after(tab, name, within="main", **typed):
        tab.press(name, within=tab.page.find(id=within), **typed)
        return tab

    def with_bob(**query):
        return reader.tab("conversation", "bob", **query)

    def replying():
        return after(with_bob(), "Reply", within=dom_id(question))

    def editing():
        return after(with_bob(), "Edit", within=dom_id(question))

    stale = editing()
    return {
        "sent": after(with_bob(), "Send", content="Hello"),
        "sent, refused": after(with_bob(), "Send"),
        "sent, earlier": after(with_bob(before=answer.pk), "Send", content="Hi"),
        "draft": after(with_bob(), "Keep as draft", content="Hel"),
        "letter": after(reader.tab("compose"), "Send", receiver="bob", content="Hello"),
        "letter, refused": after(reader.tab("compose"), "Send", receiver="nobody", content="Hi"),
        "reply": after(replying(), "Send", within=form, content="And cake?"),
        "reply, refused": after(replying(), "Send", within=form),
        "edit": after(editing(), "Save", content="Coffee?"),
        "edit, refused": after(editing(), "Save", content=""),
        "edit, stale": after(stale, "Save", content="Water?"),
        "edit page": after(reader.tab("message-edit", question.pk), "Save", content="Coffee!"),
        "edit page, refused": after(reader.tab("message-edit", question.pk), "Save", content=""),
        "history": after(with_bob(), "edited", within=dom_id(question)),
        "read": after(with_bob(), "Mark as read", within=dom_id(answer)),
        "unread": after(with_bob(), "Unread from here", within=dom_id(answer)),
        "all read": after(with_bob(), "Mark all as read"),
    }


def of_news(alice, bob):
    """What comes to a page by itself: some of everything, and the whole list."""
    reader = Reader(alice)

    def write(content, to=None):
        return Message.objects.create(
            sender=bob, receiver=alice, content=content, parent_message=to
        )

    question, note = write("Tea?"), write("By the way")
    write("With milk?", to=question)
    tabs = {
        "news": reader.tab("conversation", "bob"),
        "news in a thread": reader.tab(question),
    }
    write("Or lemon?", to=question)
    write("Never mind", to=note)
    write("Bye")
    note.edit("By the way, hello", version=note.version, editor=bob)
    for tab in tabs.values():
        tab.poll()

    tabs["the whole list"] = reader.tab("conversation", "bob")
    bob.save()  # perhaps with a new name
    tabs["the whole list"].poll()
    return tabs
