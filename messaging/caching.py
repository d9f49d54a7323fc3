from functools import wraps

from django.utils.cache import patch_cache_control
from django.views.decorators.cache import cache_page


def private_cache_page(timeout, key):
    """`cache_page` for a view that only one signed-in person may see.

    By itself `cache_page` stores the page under its address alone and would serve it to the next
    person: the session middleware says `Vary: Cookie` only after the page was stored. So this asks
    `key(request, *args, **kwargs)` first, on every request. It decides whether the viewer may look
    at all (by raising Http404), and returns what the page depends on: the viewer, the object, and a
    version that changes with it, read before the content. A write makes a new key, so a stored page
    is never stale, and nothing needs to be invalidated.

    Browsers are told to store nothing: their own copy could not be kept true from here.
    """

    def decorate(view):
        @wraps(view)
        def rendered(request, *args, **kwargs):
            response = view(request, *args, **kwargs)
            return response.render() if hasattr(response, "render") else response

        @wraps(view)
        def outer(request, *args, **kwargs):
            prefix = key(request, *args, **kwargs)
            response = cache_page(timeout, key_prefix=prefix)(rendered)(request, *args, **kwargs)
            for header in ("Expires", "Age", "Cache-Control"):
                response.headers.pop(header, None)
            patch_cache_control(response, private=True, no_store=True)
            return response

        return outer

    return decorate
