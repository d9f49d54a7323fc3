"""The earlier versions of a message, and the differences between them by words."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.utils import timezone

from messaging.display import moment

# Comparing is quadratic at worst: texts of this many words each still take well under a second.
MOST_WORDS = 4_000

# Words ("don't", "3.20", addresses), white space, and every other character by itself; scripts
# without spaces by character.
LETTERS = r"[^\W\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]+"
WORD = re.compile(rf"{LETTERS}(?:['’.,:/-]{LETTERS})*|\s+|.", re.DOTALL)


def word_differences(old, new):
    """How `new` came from `old`: [(kind, text)], kind being "equal", "delete" or "insert".

    Without the deletions it reads `new`, without the insertions `old`.
    """
    a, b = WORD.findall(old), WORD.findall(new)
    if max(len(a), len(b)) > MOST_WORDS:
        return [(kind, text) for kind, text in (("delete", old), ("insert", new)) if text]
    parts = []
    for kind, a1, a2, b1, b2 in SequenceMatcher(None, a, b, autojunk=False).get_opcodes():
        if kind == "equal":
            parts.append(("equal", "".join(a[a1:a2])))
            continue
        if a2 > a1:
            parts.append(("delete", "".join(a[a1:a2])))
        if b2 > b1:
            parts.append(("insert", "".join(b[b1:b2])))
    return parts


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
