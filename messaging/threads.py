"""The recursive query that fetches the thread below a message, and the tree that it becomes.

A response is bounded whatever the tree looks like, and so is the work behind it: the query starts
from one page of direct replies, takes no more than a page below any of them, goes no deeper than
LEVELS, and stops at MESSAGES.
"""

from collections import Counter

from django.db.models import (
    BigIntegerField,
    ExpressionWrapper,
    IntegerField,
    OuterRef,
    Subquery,
    Value,
)
from django.db.models.functions import Coalesce
from django_cte import CTE, with_cte

from messaging.compiled import compiled
from messaging.managers import CAP, prefetch_latest_edits
from messaging.models import Message

REPLIES = 20  # shown below one message at a time
MESSAGES = 100  # in one response
# A template that includes itself hits Python's recursion limit near depth 80.
LEVELS = 20
COUNTED_LEVELS = 100  # up which an unread message is counted

NO_LIMIT = Value(2**63 - 1, output_field=BigIntegerField())


def fetch_replies(message, after=0):
    """Hang the replies to `message` that come after the reply `after` on it, and theirs on them.

    Every message gets `shown_replies` (a list, oldest first) and `more_after`: the last one shown
    where others come after it, else None. Returns all that were hung, oldest first. One query, and
    one more where any was edited, whatever the size of the thread.
    """
    found = replies_below(message.pk, after)
    # A circle of parents, which the database refuses, would come round again and again.
    messages = list({reply.pk: reply for reply in found if reply.pk != message.pk}.values())
    prefetch_latest_edits([message, *messages])
    hang(message, messages)
    return messages


@compiled
def replies_below(message, after):
    """The recursive query: one part of what stands below a message, oldest first."""

    def subtree(cte):
        first = Message.objects.filter(parent_message=message, pk__gt=after).order_by("pk")
        # One more than shown, to know whether there are more.
        seed = Message.objects.filter(pk__in=first.values("pk")[: REPLIES + 1])
        deeper = cte.join(Message.objects.all(), parent_message=cte.col.id).filter(
            pk__lte=cte.col.last_reply
        )
        return seed.values("id", depth=Value(1), last_reply=last_reply()).union(
            deeper.annotate(depth=one_deeper(cte), last_reply=last_reply())
            .filter(depth__lte=LEVELS)
            .values("id", "depth", "last_reply"),
            all=True,
        )

    tree = CTE.recursive(subtree, name="tree")
    # The limit stands between the recursion and the join, so that the recursion ends with it.
    page = CTE(tree.queryset().values("id", "depth")[:MESSAGES], name="page")
    return with_cte(
        tree,
        page,
        select=page.join(Message.objects.for_display(), id=page.col.id)
        .annotate(depth=page.col.depth)
        .order_by("pk"),
    )


def count_unread_below(conversation, viewer):
    """How many messages below each one the viewer has not read: a Counter by the pk of that one.

    Of the newest CAP unread ones, each counts for what it answers, directly or not, up to
    COUNTED_LEVELS above it. One query. Both are given by their pk.
    """
    rows = answered_by_unread(conversation, viewer)
    return Counter(row["parent_message_id"] for row in rows if row["parent_message_id"])


@compiled
def answered_by_unread(conversation, viewer):
    def upwards(cte):
        unread = Message.unread.filter(receiver=viewer, conversation=conversation)
        newest = unread.order_by("-pk").values("pk")[:CAP]
        older = cte.join(Message.objects.all(), id=cte.col.parent_message_id)
        return (
            Message.objects.filter(pk__in=newest, parent_message__isnull=False)
            .values("parent_message_id", depth=Value(1))
            .union(
                # Not those with a parent alone: SQLite would read all messages to find them.
                older.annotate(depth=one_deeper(cte))
                .filter(depth__lte=COUNTED_LEVELS)
                .values("parent_message_id", "depth"),
                all=True,
            )
        )

    answered = CTE.recursive(upwards, name="answered")
    return with_cte(answered, select=answered.queryset())


def one_deeper(cte):
    return ExpressionWrapper(cte.col.depth + 1, output_field=IntegerField())


def last_reply():
    """The key of the last direct reply that a response can need of each message."""
    replies = Message.objects.filter(parent_message=OuterRef("pk")).order_by("pk")
    return Coalesce(Subquery(replies.values("pk")[REPLIES : REPLIES + 1]), NO_LIMIT)


def hang(top, messages):
    """Hang each message on its parent, `top` or one of themselves."""
    replies = {}
    for message in messages:
        replies.setdefault(message.parent_message_id, []).append(message)
    for message in [top, *messages]:
        shown = replies.get(message.pk, [])
        # Where the response was full before all of a message's replies were found, none are shown.
        if message is not top and len(shown) < min(message.reply_count, REPLIES + 1):
            shown = []
        message.shown_replies = shown[:REPLIES]
        message.more_after = shown[REPLIES - 1].pk if len(shown) > REPLIES else None


def fetch_ancestors(messages, limit=LEVELS):
    """What some messages answer, directly or not, the oldest first; the `limit` nearest.

    One query, or none where none of them answers anything.
    """
    answered = {message.parent_message_id for message in messages} - {None}
    if not answered:
        return []

    def chain(cte):
        parents = Message.objects.filter(pk__in=answered)
        older = cte.join(Message.objects.all(), id=cte.col.parent_message_id)
        columns = ("id", "parent_message_id")
        return parents.values(*columns).union(older.values(*columns))

    chain = CTE.recursive(chain, name="chain")
    nearest = CTE(chain.queryset().values("id")[:limit], name="nearest")
    found = with_cte(
        chain, nearest, select=nearest.join(Message.objects.for_display(), id=nearest.col.id)
    )
    return list(found.order_by("pk"))
