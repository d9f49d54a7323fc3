from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from messaging.managers import ConversationQuerySet, ParticipantQuerySet


class Conversation(models.Model):
    """The exchange between exactly two people.

    `version` grows with everything that changes what either of them can see. Taking the next
    version locks the row until the transaction ends, so the writers of one conversation queue here;
    each takes it before touching a message. `redrawn` is the version of the last change that no
    message tells of: a removal, or another name.
    """

    version = models.PositiveBigIntegerField(default=0)
    redrawn = models.PositiveBigIntegerField(default=0)

    objects = ConversationQuerySet.as_manager()

    class Meta:
        verbose_name = _("conversation")
        verbose_name_plural = _("conversations")

    def __str__(self):
        return f"Conversation {self.pk}"

    def advance_locked(self):
        """The next version, of a conversation whose row this transaction has locked and read."""
        self.version += 1
        Conversation.objects.filter(pk=self.pk).update(version=self.version)
        return self.version

    advance_locked.alters_data = True


class Participant(models.Model):
    """One person's place in a conversation; every conversation has two."""

    conversation = models.ForeignKey(
        Conversation, models.DO_NOTHING, related_name="participants", db_index=False
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="participations", db_index=False
    )
    peer = models.ForeignKey(settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="+")
    latest_message = models.ForeignKey(
        "Message", models.DO_NOTHING, null=True, blank=True, related_name="+"
    )
    draft = models.TextField(blank=True)

    objects = ParticipantQuerySet.as_manager()

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(fields=["user", "peer"], name="one_conversation_per_pair"),
            models.UniqueConstraint(fields=["conversation", "user"], name="one_place_per_person"),
            models.CheckConstraint(
                condition=~models.Q(user=models.F("peer")), name="participant_is_not_peer"
            ),
        ]
        indexes = [models.Index(fields=["user", "-latest_message"], name="participant_latest")]

    def __str__(self):
        return f"Participant {self.pk}"

    def keep_draft(self, text, sent=None):
        """Keep what this person has typed and not sent; nobody else ever sees it.

        Where there is a message among `sent`, a queryset, it was sent, and is no draft any more.
        """
        place = Participant.objects.filter(pk=self.pk)
        changed = place.exclude(draft=text)
        if sent is not None:
            changed = changed.exclude(models.Exists(sent))
        with transaction.atomic():
            # A send under way ends first, and is seen by the statement after this one.
            list(place.select_for_update(no_key=True).values_list("pk"))
            if changed.update(draft=text):
                self.draft = text

    keep_draft.alters_data = True
