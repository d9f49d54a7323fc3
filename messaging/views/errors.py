from django.db import connection
from django.http import HttpResponse
from django.shortcuts import render


def bad_request(request, exception):
    return render(request, "400.html", {"reason": str(exception)}, status=400)


def forbidden(request, exception):
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request, exception):
    return render(request, "404.html", status=404)


def server_error(request):
    # Without the request's context: what it would ask may be what is broken.
    return render(None, "500.html", status=500)


def healthz(request):
    """200 while the database answers."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")
