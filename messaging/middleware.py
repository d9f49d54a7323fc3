import zoneinfo

from django.utils import timezone
from django.utils.cache import patch_cache_control


def private_responses(get_response):
    """Nothing here is for caches on the way, for the browser's own, or for search engines."""

    def middleware(request):
        response = get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return middleware


def reader_time_zone(get_response):
    """Times are shown in the zone that the signed-in person chose."""

    def middleware(request):
        with timezone.override(zone_of(request.user)):
            return get_response(request)

    return middleware


def zone_of(user):
    """The time zone of a person; None, for the site's, where this machine does not know it."""
    if not user.is_authenticated:
        return None
    try:
        return zoneinfo.ZoneInfo(user.time_zone)
    except zoneinfo.ZoneInfoNotFoundError:
        return None


class PageOwnerMiddleware:
    """Refuses what a page made for one person sends, or asks, after another has signed in.

    Pages say for whom they were made in a field of each form, or, for htmx, in a header.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view, args, kwargs):
        from messaging.views import made_for_another

        asks = request.method == "POST" or request.htmx
        if not asks or not request.user.is_authenticated:
            return None
        owner = request.headers.get("X-Made-For") or request.POST.get("made_for")
        if owner in (None, "", str(request.user.pk)):
            return None
        return made_for_another(request)
