from operator import attrgetter

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views import View
from django_htmx.http import trigger_client_event

from messaging.changes import changes
from messaging.forms import StateForm
from messaging.views.mixins import ParticipantMixin, SendingMixin, SignedInMixin


class ChangesMixin:
    """Answers with what the page that asks has yet to show, as pieces for htmx to put in place."""

    def answer_changes(self, conversation, since=None, newest=None, **context):
        """The pieces; `conversation` is its pk. To be asked after whatever was written."""
        places = self.request.user.participations.select_related("conversation", "peer")
        place = places.get(conversation=conversation)
        context |= changes(place, since, newest)
        response = render(self.request, "partials/changes.html", context | {"peer": place.peer})
        return tell_news(response, context.get("changed", []))

    def known(self):
        """What the page of a form knows: {"since", "newest"}, or {} if it says nothing."""
        form = StateForm(self.request.POST)
        knows = form.is_valid() and form.cleaned_data["since"] is not None
        return form.cleaned_data if knows else {}


def tell_news(response, changed):
    """Have the page that gets this answer ask again for what stands apart from the messages.

    Its lists, by the event "news", and each open history, by the id of its message.
    """
    for message in filter(attrgetter("edited"), changed):
        trigger_client_event(response, message.dom["message"])
    return trigger_client_event(response, "news")


class ConversationChangesView(ParticipantMixin, ChangesMixin, SignedInMixin, View):
    """What is new in a conversation since a version of it; 204 where that is the current one."""

    def get(self, request, **kwargs):
        form = StateForm(request.GET)
        if not form.is_valid():
            raise BadRequest(_("This address asks for changes since a version that cannot be."))
        conversation = self.participant.conversation
        if form.cleaned_data["since"] == conversation.version:
            return HttpResponse(status=204)
        return self.answer_changes(conversation.pk, **form.cleaned_data)


class LiveSendingMixin(ChangesMixin, SendingMixin):
    """A form in a page that shows at once what was sent.

    `emptied()`: the context of what then stands in the place of the form; `main` is its partial.
    """

    def answer_sent(self, message):
        if not self.request.htmx:
            return super().answer_sent(message)
        just_before = {"since": message.version - 1, "newest": message.pk - 1}
        known = self.known()
        response = self.answer_changes(
            message.conversation_id, **(known or just_before), **self.emptied()
        )
        if not known:  # a page that does not follow the conversation
            response.headers["HX-Redirect"] = self.address_of(message)
        return response
