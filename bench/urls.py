from django.conf import settings
from django.http import HttpResponse
from django.urls import include, path

from messagingapp.urls import urlpatterns as site


def floor(request):
    """Loads the session and the person, and nothing else."""
    return HttpResponse(status=204 if request.user.is_authenticated else 401)


urlpatterns = [*site, path("floor/", floor, name="floor")]
if settings.PEERS:
    urlpatterns.append(path("peers/", include("bench.peers.urls")))
