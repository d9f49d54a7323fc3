"""What people do, each as one whole request.

An action prepares, yields the request to be measured, and puts back what it changed. Its limits
hold for every size: `queries`, session and person included, and `floor`, its median as a multiple
of a view that does nothing but load those two.
"""

from dataclasses import dataclass
from uuid import uuid4

from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import connection, transaction
from django.test.client import ClientHandler
from django.urls import reverse

from bench.stage import Person
from bench.verdicts import FLOOR
from messaging.demo import crowd
from messaging.models import Message, User

ACTIONS = {}
PASSWORD = "parley-demo"  # noqa: S105


@dataclass(frozen=True)
class Action:
    steps: object
    queries: int | None = None
    floor: float | None = None
    rounds: int = 1  # measured in every so many-th round
    is_peer: bool = False
    needs_statistics: bool = False  # reads too much where nobody has said ANALYZE


def action(name, **limits):
    def add(steps):
        ACTIONS[name] = Action(steps, **limits)
        return steps

    return add


@action(FLOOR, queries=2)
def floor(stage):
    yield lambda: stage.floor.get(reverse("floor"))


# Polls


@action("badge poll, unchanged", queries=3, floor=1.3)
def badge_unchanged(stage):
    user = User.objects.with_unread().get(pk=stage.swamped.user.pk)
    known = {"seen": user.unread_count, "newest": user.newest_unread}
    yield lambda: stage.swamped.get(reverse("unread-badge"), known)


@action("badge poll, changed", queries=3)
def badge_changed(stage):
    yield lambda: stage.swamped.get(reverse("unread-badge"), {"seen": 3, "newest": 1})


@action("changes poll, none", queries=3, floor=1.6)
def changes_none(stage):
    address, known = changes_of(stage, stage.chatter)
    yield lambda: stage.chatter.get(address, known)


@action("changes poll, five messages", queries=12)
def changes_five(stage):
    address, known = changes_of(stage, stage.chatter)
    peer = stage.place_of(stage.chatter).peer
    for number in range(5):
        Message.objects.create(sender=peer, receiver=stage.chatter.user, content=f"News {number}")
    yield lambda: stage.chatter.get(address, known)


def changes_of(stage, person):
    username = stage.place_of(person).peer.username
    return reverse("conversation-changes", args=[username]), stage.state_of(person)


# Pages


@action("inbox", queries=10)
def inbox(stage):
    yield lambda: stage.swamped.visit(reverse("inbox"))


@action("conversation, cache hit", queries=10, floor=2.5)
def conversation_hit(stage):
    address = conversation_of(stage, stage.swamped)
    stage.swamped.visit(address)
    yield lambda: stage.swamped.visit(address)


@action("conversation, cache miss", queries=10, floor=10)
def conversation_miss(stage):
    address = conversation_of(stage, stage.swamped)
    cache.clear()
    yield lambda: stage.swamped.visit(address)


@action("earlier page, 1,000 back", queries=10)
def earlier_page(stage):
    address, before = conversation_of(stage, stage.chatter), stage.earlier
    cache.clear()
    yield lambda: stage.chatter.visit(address, {"before": before})


@action("history of 100 versions", queries=6)
def history(stage):
    address = reverse("message-history", args=[stage.edited.pk])
    yield lambda: stage.debater.get(address)


def conversation_of(stage, person):
    return reverse("conversation", args=[stage.place_of(person).peer.username])


# Threads


@action("expand a thread of 1,000", queries=6)
def expand(stage):
    address = replies_to(stage.top_of(stage.debater))
    yield lambda: stage.debater.get(address)


@action("expand among 100,000 replies", queries=6)
def expand_wide(stage):
    address, middle = replies_to(stage.top_of(stage.famous)), stage.middle_reply
    yield lambda: stage.famous.get(address, {"after": middle})


@action("open the chain of 5,000", queries=6)
def open_chain(stage):
    address = replies_to(stage.top_of(stage.stubborn))
    yield lambda: stage.stubborn.get(address)


def replies_to(message):
    return reverse("message-replies", args=[message.pk])


# Writing


@action("send", queries=14, floor=4)
def send(stage):
    address = conversation_of(stage, stage.swamped)
    yield lambda: stage.swamped.submit(address, letter())


@action("send, in the page", queries=17)
def send_live(stage):
    address = conversation_of(stage, stage.swamped)
    known = stage.state_of(stage.swamped)
    yield lambda: stage.swamped.post(address, letter() | known)


@action("reply", queries=14)
def reply(stage):
    address = replies_to(stage.top_of(stage.famous))
    yield lambda: stage.famous.submit(address, letter())


@action("edit", queries=14)
def edit(stage):
    message = stage.messages_of(stage.chatter).filter(sender=stage.chatter.user).latest("pk")
    form = {"content": f"Edited {uuid4()}", "version": message.version}
    address = reverse("message-edit", args=[message.pk])
    yield lambda: stage.chatter.submit(address, form)


@action("mark 100 as read", queries=12)
def mark_read(stage):
    unread = Message.unread.received_by(stage.swamped.user).order_by("-pk")
    keys = list(unread.values_list("pk", flat=True)[:100])
    yield lambda: stage.swamped.submit(reverse("messages-read"), {"message": keys})
    Message.objects.filter(pk__in=keys).mark_unread()


def letter():
    return {"content": "See you at seven, by the bakery.", "key": uuid4()}


# Leaving


@action("delete an account of 1,000", queries=40, rounds=10, needs_statistics=True)
def delete_small(stage):
    yield from delete(crowd.DEBATERS[1])


@action("delete an account of 100,000", queries=40, rounds=40, needs_statistics=True)
def delete_large(stage):
    yield from delete(crowd.CHATTERS[1])


def delete(username):
    """In a transaction that ends, instead of by a commit, by what a commit would check."""
    with transaction.atomic():
        User.objects.filter(username=username).update(password=make_password(PASSWORD))
        person = Person(username)
        person.signed_in.handler = ClientHandler(
            enforce_csrf_checks=False
        )  # which leaves an open transaction alone

        def leave():
            response = person.submit(reverse("delete_user"), {"password": PASSWORD})
            if connection.vendor == "postgresql":
                connection.check_constraints()
            return response

        yield leave
        transaction.set_rollback(True)
