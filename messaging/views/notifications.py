from django.http import HttpResponse
from django.urls import reverse
from django.views.generic import TemplateView
from django_htmx.http import trigger_client_event

from messaging.display import present_badge, present_notifications
from messaging.views.mixins import PageMixin, SeeOther, SignedInMixin, first_page, page_start


class NotificationListView(PageMixin, TemplateView):
    template_name = "messaging/notifications.html"

    def get_context_data(self, **kwargs):
        rows = self.request.user.notifications.newest()
        if before := page_start(self.request)["before"]:
            rows = rows.filter(pk__lt=before)
        rows, has_more = first_page(rows)
        return super().get_context_data(
            **kwargs,
            notifications=present_notifications(rows),
            has_more=has_more,
            has_unread=self.request.user.notifications.unread().exists(),
        )

    def post(self, request):
        self.request.user.notifications.mark_read()
        return SeeOther(reverse("notifications"))


class UnreadBadgeView(SignedInMixin, TemplateView):
    """The number of unread messages, or 204 where the page shows it and knows the newest."""

    template_name = "partials/unread_badge.html"

    def get(self, request):
        badge = present_badge(request.user)
        newest = str(badge["newest_unread"])
        count = str(request.user.unread_count)
        is_same_count = request.GET.get("seen") in (count, badge["unread_text"])
        if is_same_count and request.GET.get("newest", newest) == newest:
            return HttpResponse(status=204)
        return trigger_client_event(self.render_to_response(badge), "unread")
