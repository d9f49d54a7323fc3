"""The listeners: notify the receiver, keep the history, clean up after a person."""

from django.db.models.signals import post_delete, post_save, pre_save
from django.dispatch import receiver

from messaging.erasure import erase
from messaging.models import Message, Notification, User


@receiver(post_save, sender=Message)
def notify_receiver(instance, created, raw, **kwargs):
    if created and not raw:
        Notification.about(instance).save()


@receiver(pre_save, sender=Message)
def keep_history(instance, raw, update_fields, **kwargs):
    saves_content = update_fields is None or "content" in update_fields
    if saves_content and not raw and not instance._state.adding:
        instance.keep_history()


@receiver(post_delete, sender=User)
def clean_up_after_person(instance, **kwargs):
    erase(instance)
