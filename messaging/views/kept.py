"""Answers that refuse a form and give back what was typed into it."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TYPED = {  # the fields that people type into, with their labels; the rest is carried along hidden
    "receiver": gettext_lazy("To"),
    "content": gettext_lazy("Message"),
    "username": gettext_lazy("Username"),
    "display_name": gettext_lazy("Display name"),
    "email": gettext_lazy("E-mail"),
}
DROPPED = ("csrfmiddlewaretoken", "password")


def kept(request, reason, *, status, offer_sign_in=False, may_resend=False):
    """A page that says why nothing was stored, with the typed text to copy or to send again.

    For htmx the reason alone, which is no piece of the page: the text still stands there.
    """
    if request.htmx:
        if status in (409, 422):  # which bring a form
            status = 400
        return HttpResponse(reason, status=status, content_type="text/plain; charset=utf-8")
    fields = [
        {"name": name, "value": value, "label": TYPED.get(name)}
        for name, values in request.POST.lists()
        if (name in TYPED or may_resend) and not any(word in name for word in DROPPED)
        for value in values
    ]
    context = {
        "reason": reason,
        "fields": fields,
        "offer_sign_in": offer_sign_in,
        "may_resend": may_resend,
    }
    return render(request, "messaging/kept.html", context, status=status)


def csrf_failure(request, reason=""):
    # A form of our own, only older than the latest sign-in, may be sent again as it is.
    own = request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
    signed_in = request.user.is_authenticated
    if own and signed_in:
        reason = _("You have signed in since this page was made. Send it once more.")
    else:
        reason = _("The page was too old to be trusted, so nothing was stored.")
    return kept(request, reason, status=403, offer_sign_in=not signed_in, may_resend=own)


def made_for_another(request):
    reason = _(
        "This page was made for somebody else, and you are now signed in as %(name)s. "
        "Nothing was stored."
    ) % {"name": request.user.name}
    return kept(request, reason, status=409)
