from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy

from messaging import text
from messaging.dom import dom_id
from messaging.managers import MessageQuerySet, UnreadMessagesManager


class StaleVersion(Exception):
    """The message was edited after the version that an edit started from."""


class Message(models.Model):
    """What one person wrote to another, at the top of their conversation or as a reply.

    `Message.objects.create(sender=, receiver=, content=, parent_message=)` is the whole of sending:
    conversation, version and notification follow from it, in one transaction.
    """

    sender = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="sent_messages", db_index=False
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="received_messages"
    )
    content = models.TextField(gettext_lazy("message"))
    timestamp = models.DateTimeField(gettext_lazy("time"), default=timezone.now, editable=False)
    edited = models.BooleanField(gettext_lazy("edited"), default=False, editable=False)
    read = models.BooleanField(gettext_lazy("read"), default=False)
    parent_message = models.ForeignKey(
        "self",
        models.DO_NOTHING,
        related_name="replies",
        null=True,
        blank=True,
        db_index=False,
        verbose_name=gettext_lazy("reply to"),
    )
    conversation = models.ForeignKey(
        "Conversation",
        models.DO_NOTHING,
        related_name="messages",
        db_index=False,
        editable=False,
    )
    version = models.PositiveBigIntegerField(editable=False)
    idempotency_key = models.UUIDField(null=True, blank=True, editable=False)

    objects = MessageQuerySet.as_manager()
    unread = UnreadMessagesManager()

    editor = None  # who is saving an edit, where that is not the sender
    ends_draft = False  # whether this is what became of what its sender kept as a draft
    shown_replies, more_after = (), None  # until `threads` hangs others on it

    class Meta:
        base_manager_name = "objects"  # for `message.replies.add` and the like
        verbose_name = gettext_lazy("message")
        verbose_name_plural = gettext_lazy("messages")
        constraints = [
            models.UniqueConstraint(fields=["sender", "idempotency_key"], name="sent_once"),
            models.CheckConstraint(condition=~Q(sender=F("receiver")), name="not_to_oneself"),
            # A parent is always older, so no chain of parents can run in a circle.
            models.CheckConstraint(
                condition=Q(parent_message=None) | Q(parent_message__lt=F("id")),
                name="parent_is_older",
            ),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("content"), text.MAX_LENGTH),
                name="content_length",
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "id"], name="message_conversation"),
            models.Index(fields=["conversation", "version"], name="message_version"),
            models.Index(
                fields=["parent_message", "id"],
                condition=Q(parent_message__isnull=False),
                name="message_replies",
            ),
            models.Index(
                fields=["conversation", "id"],
                condition=Q(parent_message=None),
                name="message_roots",
            ),
            # With `read`, or SQLite looks into each message whether it is unread.
            models.Index(
                fields=["receiver", "-id", "read"], condition=Q(read=False), name="unread_newest"
            ),
            models.Index(
                fields=["conversation", "receiver", "id", "read"],
                condition=Q(read=False),
                name="unread_in_conversation",
            ),
        ]

    def __str__(self):
        return f"Message {self.pk}"

    def get_absolute_url(self):
        return f"{reverse('message', args=[self.pk])}#{dom_id(self)}"

    # Checking

    def clean_fields(self, exclude=None):
        super().clean_fields({*(exclude or ()), "conversation", "version"})  # both are derived

    def clean(self):
        self.clean_content()
        Message.objects.check_parents([self])

    def clean_content(self):
        self.content = text.clean(self.content)

    # Writing

    def save(self, *, update_fields=None, **kwargs):
        """Send a new message, or write what changed of an existing one.

        An existing one writes its content alone, unless `update_fields` asks for more: an instance
        that was loaded a while ago must not carry old flags back. Where it was deleted meanwhile,
        saving its content raises DoesNotExist, saving only flags Django's DatabaseError.
        """
        with transaction.atomic():
            if self._state.adding:
                self._send(**kwargs)
            elif update_fields is None:
                self._save_changes({"content"}, **kwargs)
            elif update_fields:
                self._save_changes(set(update_fields), **kwargs)

    save.alters_data = True

    def _send(self, **kwargs):
        from messaging.models import Conversation

        self.clean_content()
        Message.objects.lock_people([self])
        self.conversation = Conversation.objects.between(self.sender, self.receiver)
        Message.objects.check_parents([self])
        self.version = self.conversation.advance_locked()
        super().save(**{**kwargs, "force_insert": True})
        self.conversation.participants.show_latest(self)

    def sent_again(self, ends_draft):
        """This message, where the same form made it before; a draft ends with it all the same."""
        if ends_draft:
            self.conversation.participants.filter(user=self.sender_id).update(draft="")
        return self

    sent_again.alters_data = True

    def _save_changes(self, fields, **kwargs):
        Message.objects.lock_people([self])
        self.version = self._next_version()
        if "content" in fields:
            self.clean_content()
            fields.add("edited")
        if "parent_message" in fields:
            Message.objects.check_parents([self])
        super().save(**kwargs, update_fields={*fields, "version"})
        if "read" in fields:
            self.notifications.update(read=self.read)

    def _next_version(self):
        from messaging.models import Conversation

        return Conversation.objects.filter(pk=self.conversation_id).advance()[self.conversation_id]

    def edit(self, content, *, version, editor=None):
        """Replace the content, unless it was edited after `version` to say something else.

        Raises StaleVersion then, with the current content on this instance.
        """
        with transaction.atomic():
            Message.objects.lock_people([self])
            self.refresh_from_db(fields=["content", "version"])
            content = text.clean(content)
            if content == self.content:
                return
            if self.history.filter(version__gt=version).exists():
                raise StaleVersion
            self.content, self.editor = content, editor
            self.save()

    def keep_history(self):
        """Log the content that this save is about to replace. Called inside the transaction."""
        stored = Message.objects.select_for_update(no_key=True).get(pk=self.pk)
        self.edited = stored.edited or stored.content != self.content
        if stored.content != self.content:
            self.history.create(
                old_content=stored.content,
                edited_by=self.editor or self.sender,
                version=self.version,
            )

    def delete(self, *args, **kwargs):
        return Message.objects.filter(pk=self.pk).delete()

    delete.alters_data = True

    # Reading

    def mark_read_by(self, user):
        if self.receiver_id == user.pk and not self.read:
            Message.objects.filter(pk=self.pk).mark_read()

    mark_read_by.alters_data = True

    def mark_unread_from_here(self):
        """Everything that this message's receiver got since then counts as unread again."""
        received = Message.objects.filter(
            conversation=self.conversation_id, receiver=self.receiver_id, pk__gte=self.pk
        )
        return received.mark_unread()

    mark_unread_from_here.alters_data = True

    @cached_property
    def html(self):
        """The text as HTML: its beginning, and the rest of a very long one."""
        return [text.to_html(part) for part in text.fold(self.content)]


class MessageHistory(models.Model):
    """What a message said before an edit."""

    message = models.ForeignKey(Message, models.DO_NOTHING, related_name="history", db_index=False)
    old_content = models.TextField(gettext_lazy("earlier content"))
    edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        null=True,
        verbose_name=gettext_lazy("edited by"),
    )
    edited_at = models.DateTimeField(gettext_lazy("edited at"), default=timezone.now)
    version = models.PositiveBigIntegerField(default=0)  # the message's, as the edit made it

    class Meta:
        verbose_name = gettext_lazy("earlier version")
        verbose_name_plural = gettext_lazy("earlier versions")
        ordering = ["pk"]
        indexes = [models.Index(fields=["message", "id"], name="history_of_message")]

    def __str__(self):
        return f"Earlier version {self.pk} of message {self.message_id}"
