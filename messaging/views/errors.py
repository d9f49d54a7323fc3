from django.core.exceptions import BadRequest
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from messaging.views.kept import kept


def bad_request(request, exception):
    # Only our own words are for readers; Django's are about settings.
    ours = isinstance(exception, BadRequest)
    reason = str(exception) if ours else _("The site could not make sense of what was sent.")
    return render(request, "400.html", {"reason": reason}, status=400)


def forbidden(request, exception):
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request, exception):
    if request.method == "POST" and request.POST.get("content"):
        reason = _("There is nothing at this address any more, so nothing was sent.")
        return kept(request, reason, status=404)
    return render(request, "404.html", status=404)


def server_error(request):
    # Without the request's context: what it would ask may be what is broken.
    return render(None, "500.html", status=500)


@require_safe
def healthz(request):
    """200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
