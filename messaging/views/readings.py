from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views import View
from django_htmx.http import HttpResponseClientRefresh

from messaging.dom import dom_id
from messaging.forms import ReadingForm
from messaging.views.changes import ChangesMixin
from messaging.views.mixins import MessageMixin, SeeOther, SignedInMixin


class ReturningMixin(ChangesMixin):
    """Leads back to the page that the button stood on, named in the field `next`."""

    def back(self, conversation, *messages):
        """To where one message stands there, or, of several, to the page."""
        if self.request.htmx:
            known = self.known()
            # A page of the past follows nothing, so it is loaded again.
            return (
                self.answer_changes(conversation, **known) if known else HttpResponseClientRefresh()
            )
        url = self.request.POST.get("next", "")
        is_ours = url_has_allowed_host_and_scheme(
            url, {self.request.get_host()}, self.request.is_secure()
        )
        place = f"#{dom_id(*messages)}" if len(messages) == 1 else ""
        return SeeOther((url if is_ours else reverse("inbox")) + place)


class MessagesReadView(SignedInMixin, ReturningMixin, View):
    """Marks received messages as read. Those that are gone meanwhile are passed over."""

    def post(self, request):
        form = ReadingForm(request.POST, reader=request.user)
        if not form.is_valid():
            raise BadRequest(_("Nothing was marked as read: the form names no message."))
        messages = form.messages()
        conversation = messages.values_list("conversation", flat=True).first()
        if conversation is None:
            raise Http404
        messages.mark_read()
        return self.back(conversation, *form.cleaned_data["message"])


class MessageUnreadView(SignedInMixin, ReturningMixin, MessageMixin, View):
    """Marks a received message, and what came after it, as unread."""

    def post(self, request, pk):
        if self.message.receiver_id != request.user.pk:
            raise PermissionDenied(_("Only messages that you received can be unread."))
        self.message.mark_unread_from_here()
        return self.back(self.message.conversation_id, pk)
