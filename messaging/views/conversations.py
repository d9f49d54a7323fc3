import uuid
from copy import copy
from functools import cache, partial
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from messaging.caching import private_cache_page
from messaging.changes import message_list, state_of
from messaging.display import present_places, present_unread
from messaging.dom import dom_id
from messaging.forms import ComposeForm, DraftForm, MessageForm
from messaging.models import Message
from messaging.views.changes import LiveSendingMixin
from messaging.views.kept import kept
from messaging.views.mixins import (
    PageMixin,
    ParticipantMixin,
    SeeOther,
    SendingMixin,
    SignedInMixin,
    first_page,
    page_start,
)

CACHED_FOR = 60  # seconds


class InboxView(PageMixin, TemplateView):
    template_name = "messaging/inbox.html"
    fragment_name = "partials/unread.html"

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
        return super().get_context_data(
            **kwargs,
            listed=present_places(listed),
            has_more=has_more,
            open=page_start(self.request)["open"],
        )


class ComposeView(PageMixin, SendingMixin, FormView):
    template_name = "messaging/compose.html"
    fragment_name = "partials/compose_form.html"
    form_class = ComposeForm

    def get_initial(self):
        return {**super().get_initial(), "receiver": self.request.GET.get("to", "")}

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "sender": self.request.user}

    def people(self, form):
        return {"sender": self.request.user, "receiver": form.cleaned_data["receiver"]}

    def address_of(self, message):
        return conversation_address(message.receiver, message)


class ConversationView(ParticipantMixin, PageMixin, LiveSendingMixin, FormView):
    """A conversation, and the form that writes to the other person or keeps what was typed."""

    template_name = "messaging/conversation.html"
    fragment_name = "partials/composer.html"
    form_class = MessageForm
    ends_draft = True

    def post(self, request, **kwargs):
        return self.keep_draft() if "draft" in request.POST else super().post(request, **kwargs)

    def keep_draft(self):
        form = DraftForm(self.request.POST)
        if not form.is_valid():
            return kept(self.request, form.errors["content"][0], status=422)
        letter = self.get_form()
        self.participant.keep_draft(
            form.cleaned_data["content"], letter.sent(**self.people(letter))
        )
        is_beacon = self.request.headers.get("Accept") == "*/*"  # of a page that is being left
        if self.request.htmx or is_beacon:
            return HttpResponse(status=204)
        messages.success(self.request, _("Your draft is kept. Only you can see it."))
        return SeeOther(self.request.path)

    def get_initial(self):
        return {**super().get_initial(), "content": self.participant.draft}

    def emptied(self):
        form = MessageForm(initial={"key": uuid.uuid4()})
        return {"main": "partials/composer.html", "form": form}

    def people(self, form):
        return {"sender": self.request.user, "receiver": self.participant.peer}

    def address_of(self, message):
        return conversation_address(self.participant.peer, message)

    def get_context_data(self, **kwargs):
        if self.wants_fragment:
            return super().get_context_data(**kwargs, peer=self.participant.peer)
        return super().get_context_data(
            **kwargs,
            participant=self.participant,
            peer=self.participant.peer,
            live=cache(partial(state_of, self.participant)),
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
        fragment = ConversationFragmentView.as_view(participant=self.participant)
        response = fragment(request, **self.kwargs)
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
        before = page_start(self.request)["before"]
        return super().get_context_data(**kwargs, **message_list(self.participant, before))


def conversation_address(peer, message):
    return f"{reverse('conversation', args=[peer.username])}#{dom_id(message)}"
