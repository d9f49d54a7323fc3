"""The demo world: three people who make an almanac of night buses.

What they say stands in the text files beside this one, written like a play: who, when, and what;
an answer is indented below what it answers. "6d 07:02" is that time of day in UTC, six days ago;
"41m" is so many minutes ago.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from operator import attrgetter
from pathlib import Path
from textwrap import dedent

from django.contrib.auth.hashers import check_password
from django.db import transaction
from django.utils import timezone

from messaging.models import Message, User

FOLDER = Path(__file__).parent
PASSWORD = "parley-demo"  # noqa: S105
PEOPLE = {
    "alice": {"display_name": "Alice Moreau", "time_zone": "Europe/Paris"},
    "bob": {"display_name": "Bob Tanaka", "time_zone": "Asia/Tokyo"},
    "charlie": {"display_name": "Charlie Okafor", "time_zone": "Africa/Lagos"},
}
PAIRS = [("alice", "bob"), ("alice", "charlie"), ("bob", "charlie")]

INDENT = 4
CUE = re.compile(r"^( *)(\w+) (\d+d \d\d:\d\d|\d+m)( unread)?\n", re.MULTILINE)
TODAY = timedelta(hours=3)  # no "minutes ago" is longer


@dataclass(eq=False)
class Line:
    """What somebody says to somebody, in answer to which other line, and how they put it later."""

    sender: str
    receiver: str
    time: datetime
    content: str
    unread: bool
    answers: "Line | None"
    edits: list = field(default_factory=list)


def lines(pair, now):
    """What these two say to each other, in the order of their file."""
    script = FOLDER.joinpath(f"{pair[0]}-and-{pair[1]}.txt").read_text(encoding="utf-8")
    parts = CUE.split(script)[1:]
    found, above = [], []  # above: the line just read, after those that it answers
    for start in range(0, len(parts), 5):
        indent, who, when, unread, content = parts[start : start + 5]
        content = dedent(content).strip()
        level = len(indent) // INDENT
        if who == "edited":
            above[level].edits.append((moment(when, now), content))
            continue
        del above[level:]
        (receiver,) = set(pair) - {who}
        answers = above[-1] if above else None
        line = Line(who, receiver, moment(when, now), content, bool(unread), answers)
        above.append(line)
        found.append(line)
    return found


def moment(when, now):
    """The time that a cue names. All days are over before the first "minutes ago"."""
    if when.endswith("m"):
        return now - timedelta(minutes=int(when[:-1]))
    days, clock = when.split("d ")
    day = (now - TODAY).date() - timedelta(days=int(days))
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=now.tzinfo)


def taken_names():
    """Which of the user names exist already: {name: whether the demo's password opens it}."""
    people = User.objects.filter(username_key__in=PEOPLE).order_by("username_key")
    return {p.username_key: check_password(PASSWORD, p.password) for p in people}


@transaction.atomic
def perform():
    """Make the three people and let them say and read it all. Returns the number of messages."""
    now = timezone.now()
    joined = now - timedelta(days=7)
    people = {
        name: User.objects.create_user(name, password=PASSWORD, date_joined=joined, **about)
        for name, about in PEOPLE.items()
    }
    script = sorted((line for pair in PAIRS for line in lines(pair, now)), key=attrgetter("time"))
    said = {}
    for line in script:
        said[line] = Message.objects.create(
            sender=people[line.sender],
            receiver=people[line.receiver],
            content=line.content,
            parent_message=said.get(line.answers),
            timestamp=line.time,
        )
    for line in script:
        for edited_at, content in line.edits:
            edit(said[line], content, edited_at)
    read = [message.pk for line, message in said.items() if not line.unread]
    Message.objects.filter(pk__in=read).mark_read()
    return len(said)


def edit(message, content, edited_at):
    message.edit(content, version=message.version)
    entry = message.history.latest("pk")
    entry.edited_at = edited_at
    entry.save()
