"""What a message may say, and how its text becomes HTML."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.utils.html import Urlizer, escape
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MAX_LENGTH = 10_000  # characters of one message
FOLD_LENGTH, FOLD_LINES = 1_500, 24  # longer ones show their beginning, the rest on demand

# Letters by Unicode's categories that draw nothing at all.
BLANKS = set("\u115f\u1160\u2800\u3164\uffa0")
INVISIBLE = {"Cc", "Cf", "Zs", "Zl", "Zp"}


def clean(text: str) -> str:
    """The text as it is stored: NFC, with plain line ends, trimmed, without control characters.

    Raises ValidationError, in words for its writer, where it cannot be sent.
    """
    if "\0" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise ValidationError(
            _("The message holds characters that are not text. Remove them and send it again."),
            code="not_text",
        )
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = "".join(
        letter for letter in text if letter in "\n\t" or unicodedata.category(letter) != "Cc"
    ).strip()
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


class Links(Urlizer):
    """Makes web addresses clickable, and only those: no bare names, no e-mail addresses."""

    simple_url_2_re = re.compile(r"(?!)")
    url_template = '<a href="{href}" rel="nofollow noopener">{url}</a>'

    @staticmethod
    def is_email_simple(value):
        return False


_links = Links()


def to_html(text: str):
    """Escaped text with its http and https addresses made clickable."""
    if "://" not in text:
        return escape(text)
    return mark_safe(_links(text, autoescape=True))


def fold(text: str) -> tuple[str, str]:
    """A very long text as its beginning and the rest; the rest is empty for all others."""
    lines = text.split("\n")
    if len(text) <= FOLD_LENGTH and len(lines) <= FOLD_LINES:
        return text, ""
    beginning = "\n".join(lines[:FOLD_LINES])[:FOLD_LENGTH]
    if len(beginning) == FOLD_LENGTH:
        beginning = re.sub(r"\S{1,80}\Z", "", beginning) or beginning
    return beginning, text[len(beginning) :]
