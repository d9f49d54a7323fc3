"""The admin sees who wrote to whom and when, and counts; never what was said."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin as DjangoUserAdmin
from django.db.models import OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from messaging.display import capped
from messaging.managers import CappedCount
from messaging.models import Conversation, Message, MessageHistory, Notification, User


@admin.register(User)
class UserAdmin(DjangoUserAdmin):
    list_display = ["username", "display_name", "is_active", "is_staff", "date_joined"]
    search_fields = ["username", "display_name"]
    fieldsets = [
        *DjangoUserAdmin.fieldsets,
        (_("Parley"), {"fields": ["display_name", "time_zone"]}),
    ]

    def get_deleted_objects(self, objs, request):
        """Adds to Django's summary what the listener removes with the account."""
        objects, counts, missing_permissions, protected = super().get_deleted_objects(objs, request)
        messages = Message.objects.filter(Q(sender__in=objs) | Q(receiver__in=objs))
        counts[_("messages")] = messages.count()
        for user in objs:
            held = user.holdings()
            objects.append(
                ngettext(
                    "%(name)s: %(sent)d message sent, %(received)d received",
                    "%(name)s: %(sent)d messages sent, %(received)d received",
                    held["sent"],
                )
                % {"name": user, **held}
            )
        return objects, counts, missing_permissions, protected


class ReadOnlyAdmin(admin.ModelAdmin):
    list_select_related = True
    show_full_result_count = False

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


@admin.register(Conversation)
class ConversationAdmin(ReadOnlyAdmin):
    list_display = ["id", "people", "message_count"]
    fields = ["id", "people", "message_count"]

    def get_queryset(self, request):
        rows = super().get_queryset(request).prefetch_related("participants__user")
        messages = Message.objects.filter(conversation=OuterRef("pk"))
        return rows.annotate(message_count=CappedCount(messages))

    @admin.display(description=_("between"))
    def people(self, conversation):
        return ", ".join(place.user.username for place in conversation.participants.all())

    @admin.display(description=_("messages"))
    def message_count(self, conversation):
        return capped(conversation.message_count)


@admin.register(Message)
class MessageAdmin(ReadOnlyAdmin):
    list_display = ["id", "sender", "receiver", "timestamp", "edited", "read"]
    list_filter = ["edited", "read"]
    fields = ["id", "sender", "receiver", "timestamp", "edited", "read", "parent_message"]


@admin.register(MessageHistory)
class MessageHistoryAdmin(ReadOnlyAdmin):
    list_display = ["id", "message", "edited_by", "edited_at"]
    list_select_related = ["message", "edited_by"]  # not all by itself: it may be nobody
    fields = ["id", "message", "edited_by", "edited_at"]


@admin.register(Notification)
class NotificationAdmin(ReadOnlyAdmin):
    list_display = ["id", "user", "message", "timestamp", "read"]
    fields = ["id", "user", "message", "timestamp", "read"]
