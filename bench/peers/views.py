"""A whole thread on one page, fetched in each way and drawn by the same template.

A way hangs on every message the list of its replies, `below`.
"""

from collections import defaultdict
from functools import cache
from operator import attrgetter

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.shortcuts import render
from django_cte import CTE, with_cte

from bench.peers.copying import debate
from bench.peers.models import MpttMessage, TreebeardMessage, TreeQueriesMessage
from messaging.models import Message

WAYS = {}


def way(fetch):
    @login_required
    def view(request, pk):
        return render(request, "peers/thread.html", {"top": fetch(pk)})

    WAYS[fetch.__name__] = view
    return view


@way
def naive(pk):
    """As many levels as there are; a site would have to guess how many."""
    messages = Message.objects.select_related("sender").order_by("pk")
    thread = messages
    for _ in range(levels()):
        thread = messages.prefetch_related(Prefetch("replies", thread, to_attr="below"))
    return thread.get(pk=pk)


@way
def recursive(pk):
    """The data as Parley has it, in one query without the bounds that Parley's own pages have."""

    def thread(cte):
        top = Message.objects.filter(pk=pk)
        replies = cte.join(Message.objects.all(), parent_message=cte.col.id)
        return top.values("id").union(replies.values("id"), all=True)

    thread = CTE.recursive(thread, name="thread")
    messages = thread.join(Message.objects.select_related("sender"), id=thread.col.id)
    found = with_cte(thread, select=messages).order_by("pk")
    return hang(found, parent=attrgetter("parent_message_id"))


@way
def mptt(pk):
    top = MpttMessage.objects.get(pk=pk)
    thread = top.get_descendants(include_self=True).select_related("sender")
    (top,) = thread.get_cached_trees()
    return top


@way
def treebeard(pk):
    top = TreebeardMessage.objects.get(pk=pk)
    thread = TreebeardMessage.get_tree(top).select_related("sender")
    return hang(thread, own=attrgetter("path"), parent=path_above)


@way
def tree_queries(pk):
    thread = TreeQueriesMessage.objects.descendants(pk, include_self=True)
    return hang(thread.select_related("sender"), parent=attrgetter("parent_id"))


def hang(messages, parent, own=attrgetter("pk")):
    """Hang messages on what they answer. Returns the first, under which all the others are."""
    replies = defaultdict(list)
    for message in messages:
        message.below = replies[own(message)]
        replies[parent(message)].append(message)
    return messages[0]


def path_above(message):
    return message.path[: -message.steplen]


@cache
def levels():
    """How many levels of replies the long thread has."""
    found = {None: -1}
    for pk, parent in debate().values_list("pk", "parent_message"):
        found[pk] = found[parent] + 1
    return max(found.values())
