import unicodedata
import zoneinfo

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from messaging.managers import UserManager


def fold(name: str) -> str:
    """The form in which two user names that differ only in case or look are equal.

    The database cannot be asked: on SQLite `iexact` knows only ASCII.
    """
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


class UsernameKeyField(models.CharField):
    """The folded user name, taken from `username` whenever a row is written."""

    def pre_save(self, user, add):
        user.username_key = fold(user.username)
        return user.username_key


def validate_time_zone(name):
    if name not in zoneinfo.available_timezones():
        raise ValidationError(_("There is no time zone of this name; one is Europe/Paris."))


class User(AbstractUser):
    """A person.

    Everything about a person goes with the account (see `erasure.erase`), so every key that points
    here is DO_NOTHING and the database's own constraint guards that nothing was forgotten.
    """

    username_key = UsernameKeyField(max_length=450, unique=True, editable=False)
    display_name = models.CharField(_("display name"), max_length=60, blank=True)
    time_zone = models.CharField(
        _("time zone"), max_length=60, default="UTC", validators=[validate_time_zone]
    )

    objects = UserManager()

    def clean(self):
        super().clean()
        # It is None where a form has refused it already.
        if self.username and User.objects.named(self.username).exclude(pk=self.pk).exists():
            raise ValidationError({"username": _("This user name is taken. Choose another.")})

    def save(self, *args, update_fields=None, **kwargs):
        if update_fields is not None and "username" in update_fields:
            update_fields = {*update_fields, "username_key"}
        if not self._state.adding and update_fields is None:
            kwargs["force_update"] = True  # or a deleted person would come back
        with transaction.atomic():
            super().save(*args, update_fields=update_fields, **kwargs)
            if update_fields is None or {"username", "display_name"} & set(update_fields):
                self.conversations.advance(redraw=True)

    @property
    def name(self):
        return self.display_name or self.username

    @property
    def initials(self):
        words = self.name.split()
        letters = words[0][:1] + words[-1][:1] if len(words) > 1 else self.name[:2]
        return letters.upper()

    @property
    def hue(self):
        """One of the twelve avatar colours, 0 to 11."""
        return self.pk % 12

    @property
    def avatar(self):
        """The initials in a circle, as HTML; the name always stands beside it."""
        html = '<span class="avatar hue-{}" aria-hidden="true">{}</span>'
        return format_html(html, self.hue, self.initials)

    # What `with_unread` brings along, for whoever was loaded without it

    @cached_property
    def unread_count(self):
        return User.objects.with_unread().get(pk=self.pk).unread_count

    @cached_property
    def newest_unread(self):
        return User.objects.with_unread().get(pk=self.pk).newest_unread

    @property
    def conversations(self):
        from messaging.models import Conversation

        return Conversation.objects.filter(participants__user=self)

    def holdings(self):
        """What goes with this account, in numbers: {name: count}."""
        from messaging.models import Message, MessageHistory

        messages = Message.objects.filter(conversation__in=self.conversations)
        mine = messages.filter(sender=self).count()
        return {
            "conversations": self.conversations.count(),
            "sent": mine,
            "received": messages.count() - mine,
            "versions": MessageHistory.objects.filter(message__in=messages).count(),
            "notifications": self.notifications.count(),
        }
