"""What a message may say, and how its text becomes HTML."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.html import escape, format_html
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MAX_LENGTH = 10_000  # characters of one message
FOLD_LENGTH, FOLD_LINES = 1_500, 24  # longer ones show their beginning, the rest on demand
EXCERPT_LENGTH = 280
FOLD_SEARCH = 400  # characters in which a sentence may end for the fold to be there
SENTENCE_END = re.compile(r"\n+|[.!?…]\S?\s+|[。！？]")

# What draws nothing by itself: these letters, and all of these categories.
BLANKS = set("\u115f\u1160\u2800\u3164\uffa0")
INVISIBLE = {"Cc", "Cf", "Mn", "Zs", "Zl", "Zp"}

ADDRESS = re.compile(r"""(?<![\w:])https?://[\w\[][^\s<>"']*""", re.IGNORECASE)
PUNCTUATION = ".,:;!?…。、"
BRACKETS = {")": "(", "]": "[", "}": "{"}


def clean(text: str) -> str:
    """The text as it is stored: NFC, with plain line ends, trimmed, without control characters.

    Raises ValidationError, in words for its writer, where it cannot be sent.
    """
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValidationError(
            _("The message holds characters that are not text. Remove them and send it again."),
            code="not_text",
        )
    text = "".join(
        letter
        for letter in text.replace("\r\n", "\n").replace("\r", "\n")
        if letter in "\n\t" or unicodedata.category(letter) != "Cc"
    )
    text = unicodedata.normalize("NFC", text).strip()
    if not any(map(is_visible, text)):
        raise ValidationError(_("Write something first."), code="empty")
    if len(text) > MAX_LENGTH:
        excess = len(text) - MAX_LENGTH
        raise ValidationError(
            ngettext(
                "The message is %(excess)d character too long. Shorten it or send it in parts.",
                "The message is %(excess)d characters too long. Shorten it or send it in parts.",
                excess,
            )
            % {"excess": excess},
            code="too_long",
        )
    return text


def is_visible(letter: str) -> bool:
    return unicodedata.category(letter) not in INVISIBLE and letter not in BLANKS


def to_html(text: str):
    """Escaped text with its http and https addresses made clickable.

    Django's `urlize` also links bare names and e-mail addresses, and loses punctuation behind some
    addresses.
    """
    if "://" not in text:
        return escape(text)
    html, end = [], 0
    for match in ADDRESS.finditer(text):
        address = trim(match[0])
        start = match.start()
        html += [
            escape(text[end:start]),
            format_html('<a href="{0}" rel="nofollow noopener">{0}</a>', address),
        ]
        end = start + len(address)
    return mark_safe("".join([*html, escape(text[end:])]))  # noqa: S308, all of it is escaped


def trim(address):
    """An address without the punctuation of the sentence that it ends."""
    while True:
        last = address[-1]
        is_closing = last in BRACKETS and address.count(last) > address.count(BRACKETS[last])
        if last not in PUNCTUATION and not is_closing:
            return address
        address = address[:-1]


def excerpt(text: str) -> str:
    """As much of a text as stands in a list."""
    return text if len(text) <= EXCERPT_LENGTH else text[: EXCERPT_LENGTH - 1] + "…"


def fold(text: str) -> tuple[str, str]:
    """A very long text as its beginning and the rest; the rest is empty for all others."""
    lines = text.split("\n")
    if len(text) <= FOLD_LENGTH and len(lines) <= FOLD_LINES:
        return text, ""
    beginning = "\n".join(lines[:FOLD_LINES])[:FOLD_LENGTH]
    if len(beginning) < FOLD_LENGTH:
        return beginning, text[len(beginning) :]
    if ends := list(SENTENCE_END.finditer(beginning, FOLD_LENGTH - FOLD_SEARCH)):
        beginning = beginning[: ends[-1].end()]
    else:
        # Not within a word or a web address; scripts without spaces have words without end.
        beginning = re.sub(r"https?://\S*\Z|\S{1,80}\Z", "", beginning) or beginning
    return beginning, text[len(beginning) :]
