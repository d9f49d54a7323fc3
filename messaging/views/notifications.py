from django.http import HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView

from messaging.display import capped, present_notifications
from messaging.models import Message
from messaging.views.mixins import LISTED, PageMixin, SeeOther, SignedInMixin, page_start


class NotificationListView(PageMixin, TemplateView):
    template_name = "messaging/notifications.html"

    def get_context_data(self, **kwargs):
        rows = self.request.user.notifications.newest()
        if before := page_start(self.request)["before"]:
            rows = rows.filter(pk__lt=before)
        rows = present_notifications(rows[: LISTED + 1])
        return super().get_context_data(
            **kwargs,
            notifications=rows[:LISTED],
            has_more=len(rows) > LISTED,
            has_unread=self.request.user.notifications.unread().exists(),
        )

    def post(self, request):
        self.request.user.notifications.mark_read()
        return SeeOther(reverse("notifications"))


class UnreadBadgeView(SignedInMixin, TemplateView):
    """The number of unread messages, or 204 where it is still the one that the page shows."""

    template_name = "partials/unread_badge.html"

    def get(self, request):
        unread = Message.unread.count_for(request.user)
        unread_text = capped(unread) if unread else ""
        if request.GET.get("seen") in (str(unread), unread_text):
            return HttpResponse(status=204)
        return self.render_to_response({"unread_text": unread_text})
