"""What the partial of a message draws, prepared once per message.

Tags and filters that do the same in the template cost several times as much as drawing it.
"""

from functools import cache

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from messaging.dom import dom_ids
from messaging.managers import CAP, prefetch_latest_edits
from messaging.text import excerpt


def capped(count):
    """A count as people read it; CAP or more is "99+"."""
    return f"{CAP - 1}+" if count >= CAP else str(count)


def unread_text(count):
    """What stands on a badge: nothing where nothing is unread."""
    return capped(count) if count else ""


def present_badge(user):
    """What a person's unread badge shows and knows."""
    return {
        "unread_text": unread_text(user.unread_count),
        "newest_unread": user.newest_unread or 0,
    }


def present(messages, viewer, unread_below=None, current=None):
    """Set on each message what its partial shows to this viewer. Returns them as a list.

    key, url: its pk and address as text, permalink: the place there, read_url: where it is marked
    as read; dom: the ids of its parts; oob: which of them htmx is to put in place by their ids;
    is_current: whether it is the one that the page is about; has_actions: what it offers to do;
    avatar, author: of who wrote it; beginning, rest: its text as HTML;
    mine, unseen: whether the viewer wrote it, or has yet to read it; iso, when: its time;
    date: its day, for a reply only where what it answers is of another; edited_when: the time of
    its last edit, in a list; new_below: how many replies below it are new, by
    `threads.count_unread_below`; summary: of its replies.
    """
    messages, zone = list(messages), timezone.get_current_timezone()
    you, name_of = _("You"), cache(date)
    prefetch_latest_edits(messages)
    read_url = SafeString(reverse("messages-read"))
    base = reverse("message", args=[0]).removesuffix("0/")
    for message in messages:
        message.day = set_time(message, message.timestamp, clock, zone).date()
        answered = message.parent_time and message.parent_time.astimezone(zone).date()
        message.date = "" if answered == message.day else name_of(message.day)
        message.key = SafeString(message.pk)
        message.dom = dom_ids(message.pk)
        message.url = SafeString(f"{base}{message.pk}/")
        message.permalink = SafeString(f"{message.url}#{message.dom['message']}")
        message.read_url = read_url
        message.oob, message.has_actions = (), True
        message.is_current = message == current
        message.mine = message.sender_id == viewer.pk
        message.unseen = message.receiver_id == viewer.pk and not message.read
        message.avatar = message.sender.avatar
        message.author = you if message.mine else message.sender.name
        message.beginning, message.rest = message.html
        edits = message.latest_edit if message.edited else []
        message.edited_when = [moment(timezone.localtime(edit.edited_at)) for edit in edits]
        message.new_below = (unread_below or {}).get(message.pk, 0)
        message.summary = summary(message)
    return messages


def set_time(record, timestamp, in_words, zone=None):
    """Set the `iso` and `when` of a record; returns the reader's local time."""
    local = timezone.localtime(timestamp, zone)
    record.iso = SafeString(local.isoformat(timespec="seconds"))
    record.when = in_words(local)
    return local


def clock(local):
    return SafeString(f"{local:%H:%M}")


def date(day):
    """A day as people say it: "23 Nov", with the year where it is not this one."""
    return date_format(day, "j M" if day.year == timezone.localtime().year else "j M Y")


def moment(local):
    return f"{date(local)}, {clock(local)}"


def summary(message):
    """What stands on a folded thread: "4 replies · 2 new"; empty where there are none."""
    if not message.reply_count:
        return ""
    words = ngettext("%(count)s reply", "%(count)s replies", message.reply_count)
    words %= {"count": capped(message.reply_count)}
    if message.new_below:
        words += " · " + _("%(count)s new") % {"count": capped(message.new_below)}
    return words


def by_day(messages):
    """Presented messages in order, as [(day, messages)].

    The first one that the viewer has not read `starts_unseen`.
    """
    days = {}
    unseen = next((message for message in messages if message.unseen), None)
    for message in messages:
        message.starts_unseen = message is unseen
        days.setdefault(message.day, []).append(message)
    return [(date_format(day, "l, j F Y"), group) for day, group in days.items()]


def present_places(places):
    """Set on each participant what the list of conversations shows.

    when: as short as there is room for: "10:42" today, else the day.
    """
    prefix, places = reverse("conversations"), list(places)
    today, zone, name_of = timezone.localdate(), timezone.get_current_timezone(), cache(date)

    def brief(local):
        return clock(local) if local.date() == today else name_of(local.date())

    for place in places:
        set_time(place, place.latest_message.timestamp, brief, zone)
        place.url = f"{prefix}{place.peer.username}/"
        place.mine = place.latest_message.sender_id == place.user_id
        place.unread_text = unread_text(place.unread_count)
    return places


def present_unread(messages):
    """Set on each unread message what the inbox shows of it."""
    messages = list(messages)
    for message in messages:
        set_time(message, message.timestamp, moment)
        message.permalink = message.get_absolute_url()
        message.excerpt = excerpt(message.content)
    return messages


def present_notifications(notifications):
    """Set on each notification what the list of them shows."""
    notifications = list(notifications)
    for notification in notifications:
        set_time(notification, notification.timestamp, moment)
        notification.permalink = notification.message.get_absolute_url()
    return notifications
