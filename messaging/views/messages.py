from django.core.exceptions import ValidationError
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from messaging import threads
from messaging.display import present
from messaging.forms import EditForm, MessageForm
from messaging.history import versions
from messaging.models import Message, MessageHistory, StaleVersion
from messaging.views.kept import kept
from messaging.views.mixins import (
    AuthorMixin,
    MessageMixin,
    PageMixin,
    RefusingFormMixin,
    SeeOther,
    SendingMixin,
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
        unread = threads.count_unread_below(self.message.conversation_id, viewer)
        return present(messages, viewer, unread)


class MessageView(PeerMixin, MessageMixin, PageMixin, TemplateView):
    """A message where it stands: in its whole thread, or, in a large one, below what it answers."""

    template_name = "messaging/message.html"
    fragment_name = "partials/message.html"

    def get_context_data(self, **kwargs):
        if self.wants_fragment:
            present([self.message], self.request.user)
            return super().get_context_data(**kwargs)
        ancestors = threads.fetch_ancestors(self.message)
        top = ancestors[0] if ancestors else self.message
        path, thread = [], threads.fetch_replies(top)
        if top.parent_message_id or not is_shown(self.message, top):
            top, path = self.message, ancestors
            thread = threads.fetch_replies(top)
        self.present([*path, top, *thread])
        return super().get_context_data(**kwargs, top=top, path=path)


def is_shown(message, top):
    """Whether a message is `top` or stands below it, where fewer are shown than were fetched."""
    return message.pk == top.pk or any(is_shown(message, reply) for reply in top.shown_replies)


class RepliesView(PeerMixin, MessageMixin, PageMixin, SendingMixin, FormView):
    """The next part of the thread below a message, and the form that replies to it."""

    template_name = "messaging/replies.html"
    fragment_name = "partials/replies.html"
    form_class = MessageForm

    def get_context_data(self, **kwargs):
        after = page_start(self.request)["after"] or 0
        thread = threads.fetch_replies(self.message, after)
        self.present([self.message, *thread])
        return super().get_context_data(**kwargs, after=after)

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


class MessageEditView(PeerMixin, AuthorMixin, PageMixin, RefusingFormMixin, FormView):
    template_name = "messaging/edit.html"
    form_class = EditForm

    def get_initial(self):
        return {"content": self.message.content, "version": self.message.version}

    def get_context_data(self, **kwargs):
        present([self.message], self.request.user)
        return super().get_context_data(**kwargs)

    def form_valid(self, form):
        try:
            self.message.edit(**form.cleaned_data, editor=self.request.user)
        except StaleVersion:
            return self.form_stale(form)
        except (Message.DoesNotExist, ValidationError):  # it went meanwhile, or either person did
            return kept(self.request, _("This message is no longer here."), status=422)
        return SeeOther(self.message.get_absolute_url())

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
        return super().get_context_data(**kwargs, versions=shown, more=more)
