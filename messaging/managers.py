"""Questions to the database, named so that a view reads as speech.

Signals do not see set-wise writes. So whatever must hold after a send, an edit or a removal is kept
here for `update`, `bulk_create`, `bulk_update` and `delete` too.
"""

import uuid

from django.contrib.auth.models import UserManager as DjangoUserManager
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.deletion import ProtectedError
from django.db.models.functions import Left
from django.utils.translation import gettext as _

from messaging.compiled import compiled

LISTED = 30  # conversations, messages or notifications on one page
CAP = 100  # counting stops here, so that it costs the same for any number: "99+"
SNIPPET_LENGTH = 140
BATCH = 500


class CappedCount(Subquery):
    """How many rows a correlated query finds, looking at no more than CAP of them."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) _capped)"
    output_field = models.IntegerField()

    def __init__(self, queryset):
        super().__init__(queryset.order_by().values("pk")[:CAP])


class UserQuerySet(models.QuerySet):
    def update(self, **fields):
        """Like Django's; a new display name takes people's conversations to their next version.

        Refuses `username`: its folded form, by which it is unique, is only known to `save`.
        """
        from messaging.models import Conversation

        if "username" in fields:
            raise ValueError("A user name is changed by saving it, so that it stays unique.")
        if "display_name" not in fields:
            return super().update(**fields)
        with transaction.atomic(using=self.db):
            Conversation.objects.filter(participants__user__in=self.lock()).advance(redraw=True)
            return super().update(**fields)

    update.alters_data = True

    def with_unread(self):
        """With `unread_count`, no more than CAP, and `newest_unread`, a key or None."""
        from messaging.models import Message

        unread = Message.unread.filter(receiver=OuterRef("pk"))
        newest = unread.order_by("-pk").values("pk")[:1]
        return self.annotate(unread_count=CappedCount(unread), newest_unread=Subquery(newest))

    def delete(self):
        # In order of pk, like every send, so that a removal and a send never wait for each other.
        with transaction.atomic():
            list(self.order_by("pk").select_for_update().values_list("pk"))
            return super().delete()

    delete.alters_data = True
    delete.queryset_only = True

    def lock(self):
        """The keys of those people who still exist, locked until the transaction ends."""
        rows = self.order_by("pk").select_for_update(no_key=True)
        return list(rows.values_list("pk", flat=True))


class UserManager(DjangoUserManager.from_queryset(UserQuerySet)):
    def get_by_natural_key(self, username):
        return self.named(username).get()

    def named(self, username):
        """The person of this user name, however it is capitalised."""
        from messaging.models.user import fold

        return self.filter(username_key=fold(username))


class ConversationQuerySet(models.QuerySet):
    def between(self, sender, receiver):
        """The conversation of these two people, made if they have none, with its row locked.

        The caller has locked both people, so two first messages cannot make two conversations.
        """
        for place in place_of_two(sender.pk, receiver.pk):
            return place.conversation
        conversation = self.create()
        conversation.participants.create(user=sender, peer=receiver)
        conversation.participants.create(user=receiver, peer=sender)
        return conversation

    def lock(self):
        """Their versions by pk; nobody else writes there until the transaction ends."""
        rows = self.order_by("pk").select_for_update(of=["self"], no_key=True)
        return dict(rows.values_list("pk", "version"))

    def advance(self, redraw=False):
        """Give each of these conversations its next version, and lock it. Returns {pk: version}.

        `redraw`: no message tells of this change, so pages have to be drawn as a whole.
        """
        following = F("version") + 1
        fields = {"version": following, "redrawn": following} if redraw else {"version": following}
        with transaction.atomic(using=self.db, savepoint=False):
            versions = {pk: version + 1 for pk, version in self.lock().items()}
            self.model.objects.filter(pk__in=versions).update(**fields)
        return versions

    advance.alters_data = True


class ParticipantQuerySet(models.QuerySet):
    SHOWN = (
        "user",
        "peer__username",
        "peer__display_name",
        "latest_message__sender",
        "latest_message__timestamp",
    )

    def with_peer(self, username):
        from messaging.models import User

        return self.filter(peer__in=User.objects.named(username))

    def listed(self):
        """One person's conversations as the list shows them, the latest first."""
        from messaging.models import Message

        unread = Message.objects.filter(
            conversation=OuterRef("conversation"), receiver=OuterRef("user"), read=False
        )
        return (
            self.filter(latest_message__isnull=False)
            .select_related("peer", "latest_message")
            .only(*self.SHOWN)
            .annotate(
                snippet=Left("latest_message__content", SNIPPET_LENGTH),
                unread_count=CappedCount(unread),
            )
            .order_by("-latest_message")
        )

    def show_latest(self, message):
        """Point to a message that has just been sent; its sender's draft may end with it."""
        changes = {"latest_message": message}
        if message.ends_draft:
            is_sender = When(user=message.sender_id, then=Value(""))
            left = Case(is_sender, default=F("draft"), output_field=models.TextField())
            changes["draft"] = left
        return self.update(**changes)

    show_latest.alters_data = True

    def refresh_latest(self):
        """Point again to the newest message of each conversation."""
        from messaging.models import Message

        newest = Message.objects.filter(conversation=OuterRef("conversation")).order_by("-pk")
        return self.update(latest_message=newest.values("pk")[:1])

    refresh_latest.alters_data = True


class MessageQuerySet(models.QuerySet):
    # What a reader asks

    def visible_to(self, user):
        return self.filter(Q(sender=user) | Q(receiver=user))

    def received_by(self, user):
        return self.filter(receiver=user)

    def roots(self):
        return self.filter(parent_message=None)

    def for_display(self):
        """With what the partial of a message draws, but for the time of its edits."""
        from messaging.models import Message

        replies = Message.objects.filter(parent_message=OuterRef("pk"))
        parent_time = F("parent_message__timestamp")
        return self.select_related("sender").annotate(
            reply_count=CappedCount(replies), parent_time=parent_time
        )

    # What a person does

    def send(self, form_key, *, ends_draft=False, **fields):
        """Send once: the same form with the same text answers with the message of the first time.

        The key is made of the form's own and of what it says, so that a text that was changed after
        Back is a message of its own and not lost. `ends_draft`: see Message.
        """
        message = self.model(**fields)
        message.ends_draft = ends_draft
        if form_key is not None:
            if first := self.sent(form_key, **fields).first():
                return first.sent_again(ends_draft)
            message.idempotency_key = self.key_of(form_key, **fields)
        try:
            message.save(using=self.db)
        except IntegrityError:
            if first := form_key and self.sent(form_key, **fields).first():  # by another process
                return first.sent_again(ends_draft)
            raise
        return message

    send.alters_data = True

    def sent(self, form_key, **fields):
        """The message that `send` has made of the same, or none."""
        key = self.key_of(form_key, **fields)
        return self.filter(sender=fields["sender"], idempotency_key=key)

    def key_of(self, form_key, *, sender, receiver, content, parent_message=None):
        parent = parent_message and parent_message.pk
        return uuid.uuid5(form_key, f"{receiver.pk} {parent} {content}")

    def mark_read(self):
        return self.filter(read=False).update(read=True)

    mark_read.alters_data = True

    def mark_unread(self):
        return self.filter(read=True).update(read=False)

    mark_unread.alters_data = True

    # Writes by set

    def lock_people(self, messages):
        """Wait for whoever writes between these people, or leaves. Returns the people's keys."""
        from messaging.models import User

        if any(message.sender_id == message.receiver_id for message in messages):
            raise ValidationError(_("You cannot write to yourself."), code="to_oneself")
        people = {pk for message in messages for pk in (message.sender_id, message.receiver_id)}
        locked = (
            two_people(*people)
            if len(people) == 2 and set(map(type, people)) == {int}
            else User.objects.filter(pk__in=people).lock()
        )
        if len(locked) != len(people):
            raise ValidationError(
                _("This person is no longer here, so nothing can be sent to them."), code="gone"
            )
        return people

    def check_parents(self, messages):
        """Refuse a reply whose parent is gone, newer, or belongs to another conversation."""
        parents = {m.parent_message_id for m in messages if m.parent_message_id}
        pairs = {
            pk: {sender, receiver}
            for pk, sender, receiver in self.model.objects.filter(pk__in=parents).values_list(
                "pk", "sender", "receiver"
            )
        }
        for message in messages:
            pair = {message.sender_id, message.receiver_id}
            if message.parent_message_id and pairs.get(message.parent_message_id) != pair:
                raise ValidationError(
                    _("The message that you reply to is no longer in this conversation."),
                    code="no_parent",
                )
            if message.parent_message_id and message.pk and message.parent_message_id >= message.pk:
                raise ValidationError(_("A message answers an earlier one."), code="newer_parent")

    def update(self, **fields):
        """Like Django's, and everything that follows from it: versions, and notifications read.

        Refuses `content`: an edit that its history never saw would be a lie. And `parent_message`:
        a reply to another conversation's message would be shown there.
        """
        refuse_by_set(fields)
        with transaction.atomic(using=self.db):
            versions = self._advance_conversations()
            messages = self.filter(conversation__in=versions)
            if isinstance(fields.get("read"), bool):
                self._notifications(messages).update(read=fields["read"])
            return models.QuerySet.update(messages, **fields, version=self._current_version())

    update.alters_data = True

    def bulk_create(self, objs, batch_size=None, **unsupported):
        """Send many messages: each gets its conversation, version and notification."""
        if any(unsupported.values()):
            raise ValueError("Messages cannot be created over existing ones.")
        from messaging.models import Conversation, Notification, Participant

        messages = list(objs)
        with transaction.atomic(using=self.db):
            people = self.lock_people(messages)
            # All of them in order of pk, so that no two writers wait for each other.
            Conversation.objects.filter(
                participants__user__in=people, participants__peer__in=people
            ).lock()
            pairs = {}
            for message in messages:
                message.clean_content()
                pair = frozenset((message.sender_id, message.receiver_id))
                if pair not in pairs:
                    pairs[pair] = Conversation.objects.between(message.sender, message.receiver)
                message.conversation = pairs[pair]
            self.check_parents(messages)
            conversations = [conversation.pk for conversation in pairs.values()]
            versions = Conversation.objects.filter(pk__in=conversations).advance()
            for message in messages:
                message.version = versions[message.conversation_id]
            super().bulk_create(messages, batch_size)
            Notification.objects.bulk_create(map(Notification.about, messages), batch_size)
            Participant.objects.filter(conversation__in=conversations).refresh_latest()
        return messages

    def bulk_update(self, objs, fields, batch_size=None):
        refuse_by_set(fields)
        with transaction.atomic(using=self.db):
            messages = list(objs)
            stored = self.filter(pk__in=[message.pk for message in messages])
            versions = stored._advance_conversations()
            keys = set(stored.filter(conversation__in=versions).values_list("pk", flat=True))
            messages = [message for message in messages if message.pk in keys]
            for message in messages:
                message.version = versions[message.conversation_id]
            plain = models.QuerySet(self.model, using=self.db)
            changed = plain.bulk_update(messages, {*fields, "version"}, batch_size)
            if "read" in fields:
                for read in (True, False):
                    keys = [message.pk for message in messages if message.read is read]
                    self._notifications(plain.filter(pk__in=keys)).update(read=read)
            return changed

    bulk_update.alters_data = True

    def delete(self):
        """Remove messages with their history and notifications.

        Raises ProtectedError, and removes nothing, where somebody's reply would lose its parent.
        """
        from messaging.models import MessageHistory, Notification, Participant

        with transaction.atomic(using=self.db):
            versions = self._advance_conversations(redraw=True)
            keys = list(self.filter(conversation__in=versions).values_list("pk", flat=True))
            batches = [keys[start : start + BATCH] for start in range(0, len(keys), BATCH)]
            plain = models.QuerySet(self.model, using=self.db)
            counts = dict.fromkeys([MessageHistory, Notification, self.model], 0)
            for batch in batches:
                for hanging in (MessageHistory, Notification):
                    counts[hanging] += hanging.objects.filter(message__in=batch).delete()[0]
            Participant.objects.filter(conversation__in=versions).update(latest_message=None)
            for batch in batches:
                counts[self.model] += plain.filter(pk__in=batch).delete()[0]
            for batch in batches:
                if orphans := list(plain.filter(parent_message__in=batch)[:1]):
                    raise ProtectedError(_("A message with replies cannot be deleted."), orphans)
            Participant.objects.filter(conversation__in=versions).refresh_latest()
        return sum(counts.values()), {m._meta.label: n for m, n in counts.items() if n}

    delete.alters_data = True
    delete.queryset_only = True

    def _advance_conversations(self, redraw=False):
        from messaging.models import Conversation

        touched = self.order_by().values_list("conversation", flat=True).distinct()
        return Conversation.objects.filter(pk__in=list(touched)).advance(redraw)

    def _notifications(self, messages):
        from messaging.models import Notification

        return Notification.objects.filter(message__in=messages.order_by().values("pk"))

    def _current_version(self):
        from messaging.models import Conversation

        conversation = Conversation.objects.filter(pk=OuterRef("conversation_id"))
        return Subquery(conversation.values("version"))


# Asked by every send


@compiled
def two_people(one, other):
    from messaging.models import User

    people = User.objects.filter(pk__in=[one, other]).order_by("pk")
    return people.select_for_update(no_key=True).values_list("pk", flat=True)


@compiled
def place_of_two(user, peer):
    from messaging.models import Participant

    places = Participant.objects.filter(user=user, peer=peer).select_related("conversation")
    return places.select_for_update(of=["conversation"], no_key=True)


FIXED = {"sender", "receiver", "conversation", "version"}


def refuse_by_set(fields):
    """Raises ValueError for what only `save` changes with all that must hold."""
    if fixed := FIXED.intersection(field.removesuffix("_id") for field in fields):
        raise ValueError(f"These of a message never change: {', '.join(sorted(fixed))}.")
    if "content" in fields:
        raise ValueError(
            "The content of a message is changed by saving it, so that its history is kept."
        )
    if "parent_message" in fields:
        raise ValueError(
            "The parent of a message is changed by saving it, so that it stays in its conversation."
        )


def prefetch_latest_edits(messages):
    """Set `latest_edit` on those messages that were edited: a list of one. One query, or none."""
    from messaging.models import MessageHistory

    latest = MessageHistory.objects.defer("old_content").order_by("-pk")[:1]
    edited = [message for message in messages if message.edited]
    models.prefetch_related_objects(
        edited, models.Prefetch("history", latest, to_attr="latest_edit")
    )


class UnreadMessagesManager(models.Manager.from_queryset(MessageQuerySet)):
    """Messages that their receivers have not read."""

    SHOWN = (
        "content",
        "timestamp",
        "parent_message",
        "sender__username",
        "sender__display_name",
    )

    def get_queryset(self):
        return super().get_queryset().filter(read=False)

    def for_user(self, user):
        """This person's unread messages, the newest first, with what the inbox shows of them."""
        return self.received_by(user).select_related("sender").only(*self.SHOWN).order_by("-pk")


class NotificationQuerySet(models.QuerySet):
    def newest(self):
        return self.select_related("message__sender").defer("message__content").order_by("-pk")

    def unread(self):
        return self.filter(read=False)

    def mark_read(self):
        return self.unread().update(read=True)

    mark_read.alters_data = True
