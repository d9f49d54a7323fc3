import uuid

from django.contrib.auth.mixins import LoginRequiredMixin
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django_htmx.http import HttpResponseClientRedirect

from messaging.compiled import compiled
from messaging.display import present_badge
from messaging.forms import PageForm
from messaging.managers import LISTED
from messaging.models import Message, Participant
from messaging.models.user import fold
from messaging.sidebar import sidebar
from messaging.views.kept import kept


class SeeOther(HttpResponseRedirect):
    """After a write: look at the result there, by GET."""

    status_code = 303


class SignedInMixin(LoginRequiredMixin):
    """For signed-in people only; whoever was signed out meanwhile gets their words back."""

    def handle_no_permission(self):
        request = self.request
        if request.htmx:
            return HttpResponse(status=401)
        if request.method == "POST":
            reason = _("You are signed out, so this was not sent.")
            return kept(request, reason, status=401, offer_sign_in=True, may_resend=True)
        return super().handle_no_permission()


class FragmentMixin:
    """Answers a whole page, or to htmx the fragment alone.

    A fragment never answers a navigation: neither a boosted link nor a restored history entry.
    """

    fragment_name = None

    @property
    def wants_fragment(self):
        htmx = self.request.htmx
        restored = htmx.history_restore_request
        return bool(self.fragment_name and htmx and not htmx.boosted and not restored)

    def get_template_names(self):
        return [self.fragment_name if self.wants_fragment else self.template_name]

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response


class PageMixin(SignedInMixin, FragmentMixin):
    """A page in the shell: the list of conversations beside it, the unread count on top."""

    def get_context_data(self, **kwargs):
        if not self.wants_fragment:
            kwargs = {**present_badge(self.request.user), **sidebar(self.request.user), **kwargs}
        return super().get_context_data(**kwargs)


class RefusingFormMixin:
    """A refused form comes back with its text, and with 422 Unprocessable Content."""

    http_method_names = ["get", "post", "head", "options"]  # Django's would take PUT for POST

    def form_valid(self, form):
        return SeeOther(super().form_valid(form).url)

    def form_invalid(self, form):
        return self.render_to_response(self.get_context_data(form=form), status=422)


class SendingMixin(RefusingFormMixin):
    """A form that sends a message and leads to it. `people()`: sender, receiver, parent_message."""

    ends_draft = False  # whether the form is where one's draft stands

    def get_initial(self):
        return {**super().get_initial(), "key": uuid.uuid4()}

    def form_valid(self, form):
        message = form.send(**self.people(form), ends_draft=self.ends_draft)
        if message is None:  # the other person, or the message replied to, went meanwhile
            return kept(self.request, form.errors["content"][0], status=422)
        return self.answer_sent(message)

    def answer_sent(self, message):
        address = self.address_of(message)
        return HttpResponseClientRedirect(address) if self.request.htmx else SeeOther(address)


class ParticipantMixin:
    """The viewer's place in the conversation with the person named in the address."""

    @cached_property
    def participant(self):
        username = self.kwargs["username"]
        if "\0" in username:  # which PostgreSQL refuses to look for
            raise Http404
        user = self.request.user
        for place in place_with(user.pk, fold(username)):
            place.user = user
            return place
        raise Http404


@compiled
def place_with(user, username_key):
    places = Participant.objects.filter(user=user, peer__username_key=username_key)
    return places.select_related("conversation", "peer")


class MessageMixin:
    """The message of the address, which must be visible to the viewer."""

    @cached_property
    def message(self):
        for message in visible_message(self.request.user.pk, self.kwargs["pk"]):
            return message
        raise Http404


@compiled
def visible_message(user, pk):
    visible = Message.objects.visible_to(user).for_display()
    return visible.select_related("receiver").filter(pk=pk)


class AuthorMixin(MessageMixin):
    """The message of the address, which must be the viewer's own."""

    @cached_property
    def message(self):
        message = super().message
        if message.sender_id != self.request.user.pk:
            raise PermissionDenied(_("Only the person who wrote a message can edit it."))
        return message


def first_page(rows):
    """The first LISTED of some rows, and whether there are more."""
    rows = list(rows[: LISTED + 1])
    return rows[:LISTED], len(rows) > LISTED


def page_start(request):
    """The cleaned `before` and `after` of the address. Raises BadRequest where they are no keys."""
    form = PageForm(request.GET)
    if not form.is_valid():
        raise BadRequest(_("This address asks for a page that cannot be."))
    return form.cleaned_data
