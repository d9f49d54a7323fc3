"""A stored conversation is never served to somebody else, and never older than the last write."""

from datetime import UTC, datetime
from itertools import permutations
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.db import models, transaction
from django.test import override_settings
from django.urls import reverse

from messaging.models import Message, User
from messaging.views import ConversationFragmentView
from tests.html import shown_messages
from tests.htmx import HTMX
from tests.process import processes

NO_CACHE = {"default": {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}}
WITH_BOB = reverse("conversation-fragment", args=["bob"])
WITH_ALICE = reverse("conversation-fragment", args=["alice"])
LONG_AGO = datetime(2020, 2, 2, tzinfo=UTC)


@pytest.fixture
def scene(alice, bob, charlie, browse, write):
    """Alice and charlie both talk with bob, and so meet at one address; bob reads along."""
    write(charlie, bob, "From Charlie")
    one, two = write(alice, bob, "One"), write(bob, alice, "Two", read=True)
    readers = {
        "alice": (browse(alice), WITH_BOB),
        "charlie": (browse(charlie), WITH_BOB),
        "bob": (browse(bob), WITH_ALICE),
        "nobody": (browse(), WITH_BOB),
    }
    return SimpleNamespace(alice=alice, bob=bob, one=one, two=two, readers=readers)


def answer(client, address, headers=None):
    response = client.get(address, headers=headers)
    return response.status_code, response.content


def messages_in(answer):
    _, content = answer
    return shown_messages(BeautifulSoup(content, "html.parser"))


def fresh(readers, *headers):
    """What everybody gets where nothing is stored: {name: answer}."""
    with override_settings(CACHES=NO_CACHE):
        return {name: answer(*reader, *headers) for name, reader in readers.items()}


# Whose it is


def test_everyone_sees_their_own(scene):
    seen = fresh(scene.readers)

    assert messages_in(seen["alice"]) == ["One", "Two"]
    assert messages_in(seen["charlie"]) == ["From Charlie"]
    assert messages_in(seen["bob"]) == ["One", "Two"]
    assert seen["bob"] != seen["alice"]
    assert seen["nobody"] == (302, b"")


def test_everyone_gets_their_own_whoever_comes_first(scene):
    own = fresh(scene.readers)

    for order in permutations(scene.readers):
        cache.clear()
        for name in [*order, *order]:
            assert answer(*scene.readers[name]) == own[name], (name, order)


def rename(**names):
    """New user names, behind the back of the site: no version grows."""
    everyone = models.QuerySet(User)
    for name in names:
        everyone.filter(username=name).update(username=f"-{name}", username_key=f"-{name}")
    for name, new in names.items():
        everyone.filter(username=f"-{name}").update(username=new, username_key=new)


def test_two_who_swap_their_names_do_not_swap_their_views(scene):
    own = fresh(scene.readers)
    assert answer(*scene.readers["alice"]) == own["alice"]

    rename(alice="bob", bob="alice")
    bob, _ = scene.readers["bob"]

    assert answer(bob, WITH_BOB) == fresh({"bob": (bob, WITH_BOB)})["bob"]
    assert answer(bob, WITH_BOB) != own["alice"]


def test_two_whose_names_are_swapped_do_not_swap_their_conversations(scene, charlie, write):
    write(charlie, scene.alice, "Charlie to Alice")
    scene.alice.conversations.update(version=7)
    alice, _ = scene.readers["alice"]
    assert messages_in(answer(alice, WITH_BOB)) == ["One", "Two"]

    rename(bob="charlie", charlie="bob")

    assert messages_in(answer(alice, WITH_BOB)) == ["Charlie to Alice"]


@pytest.mark.parametrize("goes", ["signs out", "is switched off", "is deleted"])
def test_whoever_goes_is_shown_nothing_from_then_on(goes, scene):
    client, address = scene.readers["alice"]
    assert answer(client, address)[0] == 200

    if goes == "signs out":
        session = client.cookies["sessionid"].value
        client.logout()
        client.cookies["sessionid"] = session
    elif goes == "is switched off":
        User.objects.filter(pk=scene.alice.pk).update(is_active=False)
    else:
        scene.alice.delete()

    assert answer(client, address) == (302, b"")


# How old it is


def send(s, content="Three", **fields):
    Message.objects.create(sender=s.alice, receiver=s.bob, content=content, **fields)


def save(s, **fields):
    s.one.content, s.one.timestamp = "Uno", LONG_AGO
    s.one.save(**fields)


def bulk_create(s):
    Message.objects.bulk_create(
        Message(sender=s.alice, receiver=s.bob, content=content) for content in ("Three", "Four")
    )


def bulk_update(s):
    s.one.timestamp = LONG_AGO
    Message.objects.bulk_update([s.one], ["timestamp"])


def new_name(s):
    s.bob.display_name = "Robert"
    s.bob.save()


WRITES = {
    "a message": send,
    "a reply": lambda s: send(s, parent_message=s.two),
    "an edit": lambda s: s.one.edit("Uno", version=s.one.version),
    "a save": save,
    "a save of the content alone": lambda s: save(s, update_fields=["content"]),
    "a message that is read": lambda s: s.bob.received_messages.mark_read(),
    "a message that is unread again": lambda s: s.two.mark_unread_from_here(),
    "an update": lambda s: Message.objects.filter(pk=s.one.pk).update(timestamp=LONG_AGO),
    "a bulk creation": bulk_create,
    "a bulk update": bulk_update,
    "a deletion": lambda s: s.two.delete(),
    "a deletion by set": lambda s: Message.objects.filter(sender=s.bob).delete(),
    "a new name": new_name,
    "a new name by set": lambda s: User.objects.filter(pk=s.bob.pk).update(display_name="Rob"),
    "a new time zone": lambda s: User.objects.filter(pk=s.alice.pk).update(time_zone="Asia/Tokyo"),
    "an account that goes": lambda s: s.bob.delete(),
}


@pytest.mark.parametrize("change", WRITES.values(), ids=WRITES)
@pytest.mark.parametrize("step", [1, -1], ids=["alice first", "nobody first"])
def test_everyone_sees_it_at_once(change, step, scene):
    order = [*scene.readers][::step]
    before = fresh(scene.readers)
    for name in order:
        assert answer(*scene.readers[name]) == before[name]

    change(scene)

    after = fresh(scene.readers)
    assert after != before
    for name in [*order, *order]:
        assert answer(*scene.readers[name]) == after[name], name


def test_what_is_rolled_back_is_never_seen(scene):
    before = fresh(scene.readers)

    with transaction.atomic():
        send(scene, "Never sent")
        transaction.set_rollback(True)

    assert {name: answer(*reader) for name, reader in scene.readers.items()} == before
    send(scene, "Sent")
    assert messages_in(answer(*scene.readers["alice"])) == ["One", "Two", "Sent"]


def test_what_is_written_while_a_list_is_drawn_is_seen_the_next_time(scene, monkeypatch):
    draw = ConversationFragmentView.get_context_data

    def slow(view, **kwargs):
        context = draw(view, **kwargs)
        send(scene)
        return context

    with monkeypatch.context() as patches:
        patches.setattr(ConversationFragmentView, "get_context_data", slow)
        assert messages_in(answer(*scene.readers["alice"])) == ["One", "Two"]

    assert messages_in(answer(*scene.readers["alice"])) == ["One", "Two", "Three"]


# However it is asked for

WAYS = {
    "plain": {},
    "htmx": HTMX,
    "restored": HTMX | {"HX-History-Restore-Request": "true"},
    "boosted": HTMX | {"HX-Boosted": "true"},
}


def fresh_in_every_way(readers):
    return {way: fresh(readers, headers) for way, headers in WAYS.items()}


@pytest.mark.parametrize("first", WAYS)
def test_everyone_gets_their_own_in_whatever_way_they_ask(first, scene):
    own = fresh_in_every_way(scene.readers)
    assert own["plain"]["nobody"] == (302, b"")
    assert own["htmx"]["nobody"] == (401, b"")

    for name in scene.readers:
        cache.clear()
        for way in [first, *WAYS]:
            assert answer(*scene.readers[name], WAYS[way]) == own[way][name], (way, name)
        for other, reader in scene.readers.items():
            assert answer(*reader, WAYS[first]) == own[first][other], (name, other)


def list_in(answer):
    """The list of messages in an answer, as it stands there."""
    _, content = answer
    return BeautifulSoup(content, "html.parser").find(id="conversation")


@pytest.mark.parametrize("first", ["plain", "restored", "boosted"])
def test_a_page_that_comes_first_stores_the_list_of_its_reader(first, scene):
    own = fresh(scene.readers)

    for order in permutations(["alice", "charlie", "bob"]):
        cache.clear()
        for name in order:
            client, address = scene.readers[name]
            page = answer(client, address.removesuffix("fragment/"), WAYS[first])
            assert list_in(page) == list_in(own[name]), (name, order)
            assert answer(client, address) == own[name], (name, order)
        assert answer(*scene.readers["nobody"]) == own["nobody"]


@pytest.mark.parametrize("goes", ["signs out", "is deleted"])
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("address", [WITH_BOB, WITH_BOB.removesuffix("fragment/")])
def test_whoever_goes_is_shown_nothing_in_whatever_way_they_ask(address, way, goes, scene):
    client, _ = scene.readers["alice"]
    for headers in WAYS.values():
        assert answer(client, address, headers)[0] == 200

    if goes == "is deleted":
        scene.alice.delete()
    else:
        session = client.cookies["sessionid"].value
        client.post(reverse("logout"))
        client.cookies["sessionid"] = session

    assert answer(client, address, WAYS[way]) == (302 if way == "plain" else 401, b"")


# In several processes, each with a cache of its own

IN_TURN = [
    "a message",
    "an edit",
    "a message that is read",
    "a deletion by set",
    "a new name",
    "an account that goes",
]


def served(process, client, address, headers):
    head, content = process.get(client, address, headers)
    return int(head.split()[1]), content


def test_two_processes_serve_what_neither_has_stored(transactional_db, scene):
    def everything(processes):
        """What everybody gets from these, the restored pages first."""
        for way in ("restored", "plain", "htmx"):
            for process in processes:
                for name, reader in scene.readers.items():
                    yield way, name, served(process, *reader, WAYS[way])

    with processes(2) as both:
        for write in (None, *IN_TURN):
            if write:
                WRITES[write](scene)
            own = fresh_in_every_way(scene.readers)
            for way, name, got in everything([*both, *both]):
                assert got == own[way][name], (write, way, name)
