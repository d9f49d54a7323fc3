from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import models, transaction

from messaging.accounts import ATTEMPTED
from messaging.managers import BATCH
from messaging.models import (
    Conversation,
    Message,
    MessageHistory,
    Notification,
    Participant,
    Session,
    User,
)
from messaging.models.user import fold


def erase(user):
    """Remove everything about a person whose row was deleted in this same transaction.

    By set, so that memory and the number of queries stay the same for any number of messages. The
    other person's replies go too: a conversation belongs to both and ends with either.
    """
    conversations = Conversation.objects.filter(participants__user=user.pk)
    keys = list(conversations.lock())  # those under way finish first
    for start in range(0, len(keys), BATCH):
        erase_conversations(keys[start : start + BATCH])
    MessageHistory.objects.filter(edited_by=user.pk).update(edited_by=None)

    Session.objects.filter(user_id=user.pk).delete()
    about_user = {"content_type": ContentType.objects.get_for_model(User), "object_id": user.pk}
    LogEntry.objects.filter(**about_user).delete()
    # As who the person tried to sign in.
    typed = {user.username_key[:ATTEMPTED], fold(user.email)} - {""}
    for attempts in (AccessAttempt, AccessFailureLog, AccessLog):
        attempts.objects.filter(username__in=typed).delete()
    # What others sent with their attempts can say that they were on their way to this person.
    AccessAttempt.objects.update(get_data="", post_data="")
    transaction.on_commit(cache.clear, robust=True)


def erase_conversations(keys):
    # By their keys: of a subquery PostgreSQL expects too much, and reads all notifications instead.
    messages = Message.objects.filter(conversation__in=keys)
    MessageHistory.objects.filter(message__in=messages).delete()
    Notification.objects.filter(message__in=messages).delete()
    # Not through Message.objects, which would refuse what has replies and count versions.
    models.QuerySet(Message).filter(conversation__in=keys).delete()
    Participant.objects.filter(conversation__in=keys).delete()
    Conversation.objects.filter(pk__in=keys).delete()
