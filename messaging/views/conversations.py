from copy import copy
from urllib.parse import urlencode

from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from messaging.caching import private_cache_page
from messaging.display import by_day, present, present_places, present_unread
from messaging.dom import dom_id
from messaging.forms import ComposeForm, MessageForm
from messaging.models import Message
from messaging.threads import count_unread_below
from messaging.views.mixins import (
    LISTED,
    PageMixin,
    ParticipantMixin,
    SendingMixin,
    SignedInMixin,
    first_page,
    page_start,
)

CACHED_FOR = 60  # seconds


class InboxView(PageMixin, TemplateView):
    template_name = "messaging/inbox.html"

    def get_context_data(self, **kwargs):
        user = self.request.user
        unread = Message.unread.for_user(user)
        if before := page_start(self.request)["before"]:
            unread = unread.filter(pk__lt=before)
        unread, has_more = first_page(unread)
        return super().get_context_data(**kwargs, unread=present_unread(unread), has_more=has_more)


class ConversationListView(PageMixin, TemplateView):
    template_name = "messaging/conversations.html"
    fragment_name = "partials/conversations.html"

    def get_context_data(self, **kwargs):
        listed = self.request.user.participations.listed()
        if before := page_start(self.request)["before"]:
            listed = listed.filter(latest_message__lt=before)
        listed, has_more = first_page(listed)
        return super().get_context_data(**kwargs, listed=present_places(listed), has_more=has_more)


class ComposeView(PageMixin, SendingMixin, FormView):
    template_name = "messaging/compose.html"
    form_class = ComposeForm

    def get_initial(self):
        return {**super().get_initial(), "receiver": self.request.GET.get("to", "")}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "sender": self.request.user}

    def people(self, form):
        return {"sender": self.request.user, "receiver": form.cleaned_data["receiver"]}

    def address_of(self, message):
        return conversation_address(message.receiver, message)


class ConversationView(ParticipantMixin, PageMixin, SendingMixin, FormView):
    template_name = "messaging/conversation.html"
    form_class = MessageForm

    def people(self, form):
        return {"sender": self.request.user, "receiver": self.participant.peer}

    def address_of(self, message):
        return conversation_address(self.participant.peer, message)

    def get_context_data(self, **kwargs):
        return super().get_context_data(
            **kwargs,
            participant=self.participant,
            peer=self.participant.peer,
            has_unread=Message.unread.received_by(self.request.user)
            .filter(conversation=self.participant.conversation)
            .exists(),
            messages_html=self.messages_html(),
        )

    def messages_html(self):
        """The list of messages, from the same cached view that answers its own address."""
        before = page_start(self.request)["before"]
        query = urlencode({"before": before}) if before else ""
        request = copy(self.request)
        request.method = "GET"
        request.path = reverse("conversation-fragment", args=[self.participant.peer.username])
        request.GET = QueryDict(query)
        request.META = {**request.META, "QUERY_STRING": query}
        response = ConversationFragmentView.as_view()(request, **self.kwargs)
        return mark_safe(response.content.decode())  # noqa: S308, rendered by a template of ours


class ConversationFragmentView(ParticipantMixin, SignedInMixin, TemplateView):
    """The list of messages alone, stored per viewer and version of the conversation."""

    template_name = "partials/conversation.html"

    def dispatch(self, request, *args, **kwargs):
        if not request.user.is_authenticated:
            return self.handle_no_permission()
        cached = private_cache_page(CACHED_FOR, self.cache_key)(super().dispatch)
        return cached(request, *args, **kwargs)

    def cache_key(self, request, **kwargs):
        conversation = self.participant.conversation
        if set(request.GET) - {"before"}:
            raise BadRequest(_("This list has no such parameter."))
        return f"{request.user.pk}.{conversation.pk}.{conversation.version}"

    def get_context_data(self, **kwargs):
        viewer, conversation = self.request.user, self.participant.conversation
        roots = Message.objects.filter(conversation=conversation).roots()
        before = page_start(self.request)["before"]
        messages, has_earlier = roots.for_display().earlier_than(before, LISTED)
        return super().get_context_data(
            **kwargs,
            peer=self.participant.peer,
            days=by_day(present(messages, viewer, count_unread_below(conversation, viewer))),
            earlier=messages[0].pk if has_earlier else None,
        )


def conversation_address(peer, message):
    return f"{reverse('conversation', args=[peer.username])}#{dom_id(message)}"
