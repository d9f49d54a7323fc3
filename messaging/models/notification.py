from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from messaging.managers import NotificationQuerySet


class Notification(models.Model):
    """Tells the receiver of a message that it has come. Exactly one per message."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, related_name="notifications", db_index=False
    )
    message = models.ForeignKey(
        "Message", models.DO_NOTHING, related_name="notifications", db_index=False
    )
    timestamp = models.DateTimeField(_("time"), default=timezone.now)
    read = models.BooleanField(_("read"), default=False)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(fields=["message", "user"], name="one_notification_per_message")
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_newest"),
            models.Index(
                fields=["user"], condition=models.Q(read=False), name="notification_unread"
            ),
        ]

    def __str__(self):
        return f"Notification {self.pk}"

    @classmethod
    def about(cls, message):
        """The notification, not yet saved, that belongs to a message."""
        return cls(
            user_id=message.receiver_id,
            message=message,
            timestamp=message.timestamp,
            read=message.read,
        )
