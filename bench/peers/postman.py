"""postman's own pages, each as one whole request. `client` is somebody signed in.

Keys are those of Parley's messages; a thread has the key of its first message.
"""

from django.urls import reverse

from messaging.managers import LISTED


def inbox(client, limit=LISTED):
    """As many conversations as Parley lists. Without a limit postman shows all there are."""
    return client.get(reverse("postman:inbox"), {"limit": limit} if limit else None)


def thread(client, key):
    """A whole conversation. The first look at it marks it as read."""
    return client.get(reverse("postman:view_conversation", args=[key]))


def send(client, username):
    """Answers with a redirection, to the inbox."""
    letter = {"subject": "Tonight", "body": "See you at seven, by the bakery."}
    return client.post(reverse("postman:write"), {"recipients": username, **letter})


def unread_count(client):
    return client.get(reverse("postman:api:unread-count"))
