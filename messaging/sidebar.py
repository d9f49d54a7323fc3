"""The list of a person's latest conversations, which stands beside every page.

Its HTML is stored by what it shows: whatever changes there is a new version of a conversation.
"""

from functools import cache

from django.utils import timezone
from django.utils.translation import get_language

from messaging.compiled import compiled
from messaging.display import present_places
from messaging.managers import LISTED
from messaging.models import Participant


def sidebar(user):
    """{"listing": what the list depends on: when and where it is looked at, and the versions of
    what it shows, in order; empty where that is nothing,
    "places": a function that presents it, for when it is not stored}
    """
    here = timezone.localdate(), timezone.get_current_timezone_name(), get_language()
    versions = latest_versions(user.pk)
    return {
        "listing": versions and (*here, *versions),
        "places": cache(lambda: present_places(listed(user.pk))),
    }


@compiled
def listed(user):
    return Participant.objects.filter(user=user).listed()[:LISTED]


@compiled
def latest_versions(user):
    places = Participant.objects.filter(user=user, latest_message__isnull=False)
    versions = places.order_by("-latest_message").values_list(
        "conversation", "conversation__version"
    )
    return versions[:LISTED]
