"""The earlier versions of a message, and the differences between them by words."""

import re
from collections import Counter
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils import timezone

from messaging.display import moment

# Words ("don't", "3.20", an address), white space, and every other character by itself, such as
# those of scripts without spaces.
LETTERS = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
WORD = re.compile(rf"{LETTERS}(?:['’.,:/-]{LETTERS})*|\s+|.", re.DOTALL)

MOST_WORK = 10_000_000  # see `work`; so much takes about a quarter of a second


def word_differences(old, new):
    """How `new` came from `old`: [(kind, text)], kind being "equal", "delete" or "insert".

    Without the deletions it reads `new`, without the insertions `old`.
    """
    a, b = WORD.findall(old), WORD.findall(new)
    start = common(a, b)
    end = common(a[start:][::-1], b[start:][::-1])
    beginning, ending = a[:start], a[len(a) - end :]
    a, b = a[start : len(a) - end], b[start : len(b) - end]
    too_much = work(a, b) > MOST_WORK
    changes = [("delete", a), ("insert", b)] if too_much else compare(a, b)
    parts = [("equal", beginning), *changes, ("equal", ending)]
    return [(kind, "".join(words)) for kind, words in parts if words]


def common(a, b):
    """How many words two lists begin with alike."""
    return next(
        (n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b))
    )


def work(a, b):
    """What comparing may cost: the pairs of like words, once for every change between them.

    SequenceMatcher passes over words that make up more than a hundredth of a longer text.
    """
    count = Counter(b)
    frequent = len(b) // 100 + 1 if len(b) >= 200 else len(b)
    pairs = sum(count[word] for word in a if count[word] <= frequent)
    return pairs * min(len(a), len(b))


def compare(a, b):
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b).get_opcodes():
        if kind == "equal":
            yield "equal", a[a1:a2]
        else:
            yield "delete", a[a1:a2]
            yield "insert", b[b1:b2]


@dataclass
class Version:
    """What a message said at one time, and how that came from what it said before."""

    parts: list
    when: str
    by: str = ""
    is_current: bool = False
    is_first: bool = False


def versions(message, before=None, limit=20):
    """The versions of a message, the newest first, and the key that the next page starts before.

    `before` is the key of an entry of the message's history; None starts with what it says now.
    Raises MessageHistory.DoesNotExist for a foreign one.
    """
    history = message.history.select_related("edited_by").order_by("-pk")
    text = message.content
    if before is not None:
        text = history.get(pk=before).old_content
        history = history.filter(pk__lt=before)
    entries = list(history[: limit + 1])
    shown = []
    for entry in entries[:limit]:
        parts = word_differences(entry.old_content, text)
        by = entry.edited_by.name if entry.edited_by else ""
        shown.append(Version(parts, moment(timezone.localtime(entry.edited_at)), by))
        text = entry.old_content
    has_more = len(entries) > limit
    if not has_more:
        sent = moment(timezone.localtime(message.timestamp))
        shown.append(Version([("equal", text)], sent, message.sender.name, is_first=True))
    shown[0].is_current = before is None
    return shown, entries[limit - 1].pk if has_more else None
