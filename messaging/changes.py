"""What a page of a conversation shows, and what it has yet to show when it asks again.

A page knows two numbers: `since`, the version of the conversation when it was drawn, and `newest`,
the last message there was. Both stand in its markup, so the site keeps nothing about open pages.
"""

from operator import attrgetter

from django.db.models import BigIntegerField
from django.urls import reverse
from django.utils import timezone

from messaging.compiled import compiled
from messaging.display import by_day, present
from messaging.dom import dom_id
from messaging.managers import CAP, LISTED
from messaging.models import Message
from messaging.threads import count_unread_below, fetch_ancestors

MAX_KEY = BigIntegerField.MAX_BIGINT
MOST = CAP - 1  # changed messages in one answer, fewer than are counted; after more, the whole list


def message_list(place, before=None):
    """The roots of one page of a conversation as its reader sees them.

    `place` is the reader's Participant. {"days": see `display.by_day`, "peer": the other person,
    "earlier": the pk that the page before it ends before, or None}
    """
    rows = latest_roots(place.conversation_id, before or MAX_KEY)
    messages, has_earlier = rows[:LISTED][::-1], len(rows) > LISTED
    unread_below = count_unread_below(place.conversation_id, place.user_id)
    return {
        "days": by_day(present(messages, place.user, unread_below)),
        "peer": place.peer,
        "earlier": messages[0].pk if has_earlier else None,
    }


@compiled
def latest_roots(conversation, before):
    roots = Message.objects.filter(conversation=conversation, pk__lt=before).roots()
    return roots.for_display().order_by("-pk")[: LISTED + 1]


def state_of(place, newest=0):
    """What a page drawn now knows, and what its header says of the conversation.

    {"url": where to ask for changes, "since", "newest", "first_unread": the address of the oldest
    message that the reader has not read, or None, "peer"}
    """
    first_unread = next(iter(oldest_unread(place.user_id, place.conversation_id)), None)
    return {
        "url": reverse("conversation-changes", args=[place.peer.username]),
        "since": place.conversation.version,
        "newest": max(newest, place.latest_message_id or 0),
        "first_unread": first_unread and first_unread.get_absolute_url(),
        "peer": place.peer,
    }


@compiled
def oldest_unread(user, conversation):
    unread = Message.unread.filter(receiver=user, conversation=conversation)
    return unread.only("pk").order_by("pk")[:1]


def changes(place, since=None, newest=None):
    """What a page that knows `since` and `newest` has yet to show.

    {"live": see `state_of`, and either "whole": see `message_list`, or
    "days": new roots, as [(the name of a day that they begin, or "", messages)],
    "begun": older messages that nobody had replied to, with their first replies,
    "joining": new replies to others, as [(the id of their thread, replies)],
    "changed": older messages,
    "answered": older ones that any of all these answers; their summaries may say something else,
    "heard": new messages of the other person}

    The whole list, where the page knows less than that; where something changed that no message
    tells of, such as a removal or another name; where too much did; and where its version is one
    that the conversation has not reached yet, since a backup was restored.
    """
    reader, conversation = place.user, place.conversation
    rows = []
    if since is not None and newest is not None:
        if since == conversation.version:
            return {"live": state_of(place, newest)}
        if conversation.redrawn <= since < conversation.version:
            changed = Message.objects.filter(conversation=conversation, version__gt=since)
            # In the order of the index, so that no more are read.
            rows = list(changed.for_display().order_by("version")[: MOST + 1])
    if not rows or len(rows) > MOST:
        return {"live": state_of(place), "whole": message_list(place)}

    messages = {message.pk: message for message in sorted(rows, key=attrgetter("pk"))}
    rows = list(messages.values())
    answered = [messages.setdefault(m.pk, m) for m in fetch_ancestors(rows, limit=CAP)]
    unread_below = count_unread_below(conversation.pk, reader.pk) if answered else None
    present(messages.values(), reader, unread_below)
    new = [message for message in rows if message.pk > newest]
    begun, joining = hang_new(new, messages, newest)
    changed = [message for message in rows if message.pk <= newest]
    answered = [message for message in answered if message.pk <= newest and message not in begun]
    for part, pieces in (("message", changed), ("replies", begun), ("summary", answered)):
        for message in pieces:
            message.oob += (part,)
    return {
        "live": state_of(place, newest=max(newest, rows[-1].pk)),
        "days": new_days(conversation, [m for m in new if m.parent_message_id is None]),
        "begun": begun,
        "joining": joining,
        "changed": changed,
        "answered": answered,
        "heard": [message for message in new if not message.mine],
    }


def hang_new(new, parents, newest):
    """Hang new replies on their parents, where all are new. Returns what is begun and joining."""
    replies = {}
    for message in new:
        if message.parent_message_id:
            replies.setdefault(message.parent_message_id, []).append(message)
    begun, joining = [], []
    for pk, group in replies.items():
        parent = parents[pk]
        if parent.reply_count > len(group):
            joining.append((dom_id(parent, "thread"), group))
            continue
        parent.shown_replies = group
        if pk <= newest:
            begun.append(parent)
    return begun, joining


def new_days(conversation, roots):
    """New roots by day; the first day has no name where the root before them is of that day too."""
    if not roots:
        return []
    days = by_day(roots)
    earlier = Message.objects.filter(conversation=conversation, pk__lt=roots[0].pk).roots()
    last = earlier.order_by("-pk").values_list("timestamp", flat=True).first()
    if last and timezone.localtime(last).date() == roots[0].day:
        days[0] = ("", days[0][1])
    return days
