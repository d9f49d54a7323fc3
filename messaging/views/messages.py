from django.core.exceptions import ValidationError
from django.http import Http404
from django.shortcuts import get_object_or_404, render
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from messaging import threads
from messaging.changes import state_of
from messaging.display import present
from messaging.dom import dom_id
from messaging.forms import EditForm, MessageForm
from messaging.history import versions
from messaging.models import Message, MessageHistory, StaleVersion
from messaging.views.changes import ChangesMixin, LiveSendingMixin, tell_news
from messaging.views.kept import kept
from messaging.views.mixins import (
    AuthorMixin,
    MessageMixin,
    PageMixin,
    RefusingFormMixin,
    SeeOther,
    page_start,
)


class PeerMixin:
    """The other person of the message's conversation."""

    @cached_property
    def peer(self):
        message, user = self.message, self.request.user
        return message.receiver if message.sender_id == user.pk else message.sender

    def get_context_data(self, **kwargs):
        return super().get_context_data(**kwargs, message=self.message, peer=self.peer)

    def present(self, messages):
        viewer = self.request.user
        unread = threads.count_unread_below(self.message.conversation_id, viewer.pk)
        return present(messages, viewer, unread, current=self.message)


class FollowingMixin(PeerMixin):
    """A page about a message that follows its conversation."""

    def get_context_data(self, **kwargs):
        if not self.wants_fragment:
            # Before the message, or the page could know a version that it does not show.
            places = self.request.user.participations.select_related("conversation", "peer")
            place = get_object_or_404(places, conversation__messages=self.kwargs["pk"])
            kwargs |= {"participant": place, "live": state_of(place)}
        return super().get_context_data(**kwargs)


class MessageView(FollowingMixin, MessageMixin, PageMixin, TemplateView):
    """A message where it stands: in its whole thread, or, in a large one, below what it answers."""

    template_name = "messaging/message.html"
    fragment_name = "partials/message.html"

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.wants_fragment:
            present([self.message], self.request.user)
            return context
        ancestors = threads.fetch_ancestors([self.message])
        top = ancestors[0] if ancestors else self.message
        path, thread = [], threads.fetch_replies(top)
        if top.parent_message_id or not is_shown(self.message, top):
            top, path = self.message, ancestors
            thread = threads.fetch_replies(top)
        self.present([*path, top, *thread])
        for message in path:
            message.has_actions = False
        return {**context, "top": top, "path": path}


def is_shown(message, top):
    """Whether a message is `top` or stands below it, where fewer are shown than were fetched."""
    return message.pk == top.pk or any(is_shown(message, reply) for reply in top.shown_replies)


class RepliesView(FollowingMixin, MessageMixin, PageMixin, LiveSendingMixin, FormView):
    """The next part of the thread below a message, and the form that replies to it."""

    template_name = "messaging/replies.html"
    form_class = MessageForm

    @property
    def fragment_name(self):
        return "partials/reply.html" if self.wants_form else "partials/replies.html"

    @property
    def wants_form(self):
        """Whether htmx asks for the form that replies: it says where it is going to put it."""
        return self.request.htmx.target == dom_id(self.kwargs["pk"], "reply")

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "auto_id": f"%s-{dom_id(self.message, 'reply')}"}

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        if self.wants_form:
            present([self.message], self.request.user)
            return context
        after = page_start(self.request)["after"] or 0
        thread = threads.fetch_replies(self.message, after)
        self.present([self.message, *thread])
        return {**context, "after": after}

    def people(self, form):
        return {
            "sender": self.request.user,
            "receiver": self.peer,
            "parent_message": self.message,
        }

    def form_valid(self, form):
        self.message.mark_read_by(self.request.user)  # whoever answers it
        return super().form_valid(form)

    def address_of(self, message):
        return message.get_absolute_url()

    def emptied(self):
        present([self.message], self.request.user)
        return {"main": "partials/reply_place.html", "message": self.message}


class MessageEditView(PeerMixin, AuthorMixin, PageMixin, ChangesMixin, RefusingFormMixin, FormView):
    template_name = "messaging/edit.html"
    fragment_name = "partials/message_form.html"
    form_class = EditForm

    def get_form_kwargs(self):
        return {**super().get_form_kwargs(), "auto_id": f"%s-{dom_id(self.message)}"}

    def get_initial(self):
        return {"content": self.message.content, "version": self.message.version}

    def get_context_data(self, **kwargs):
        present([self.message], self.request.user)
        asks = self.request.method == "GET"
        follows = bool(self.request.htmx and (asks or self.known()))
        return super().get_context_data(**kwargs, follows=follows)

    def form_valid(self, form):
        try:
            self.message.edit(**form.cleaned_data, editor=self.request.user)
        except StaleVersion:
            return self.form_stale(form)
        except (Message.DoesNotExist, ValidationError):  # it went meanwhile, or either person did
            return kept(self.request, _("This message is no longer here."), status=422)
        return self.answer_edited()

    def answer_edited(self):
        if not self.request.htmx:
            return SeeOther(self.message.get_absolute_url())
        message = Message.objects.for_display().get(pk=self.message.pk)
        present([message], self.request.user)
        response = render(self.request, "partials/message.html", {"message": message})
        if not self.known():  # a page that does not follow the conversation
            response.headers["HX-Redirect"] = message.get_absolute_url()
        return tell_news(response, [message])

    def form_stale(self, form):
        """Show both texts; what is sent next replaces the one that is stored now."""
        form.data = {**form.data.dict(), "version": self.message.version}
        context = self.get_context_data(form=form, stored=self.message.content)
        return self.render_to_response(context, status=409)


class MessageHistoryView(PeerMixin, MessageMixin, PageMixin, TemplateView):
    template_name = "messaging/history.html"
    fragment_name = "partials/history.html"

    def get_context_data(self, **kwargs):
        before = page_start(self.request)["before"]
        try:
            shown, more = versions(self.message, before)
        except MessageHistory.DoesNotExist:
            raise Http404 from None
        present([self.message], self.request.user)
        self.message.has_actions = False
        return super().get_context_data(**kwargs, versions=shown, more=more)
