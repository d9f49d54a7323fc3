"""Who is there in a world to act, and where."""

from copy import copy
from functools import cache, cached_property

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_started
from django.test import Client

from messaging.demo import crowd
from messaging.models import Message, MessageHistory, User

HTMX = {"HX-Request": "true"}
VERSIONS = 100  # that the message with the longest history has had


class Server(WSGIHandler):
    """What a server process calls, for a test client: connections are kept, as in production."""

    def __call__(self, environ):
        request_started.send(sender=type(self), environ=environ)
        request = self.request_class(environ)
        request._dont_enforce_csrf_checks = True
        response = self.get_response(request)
        response.wsgi_request = request
        response.close()
        return response


@cache
def server():
    return Server()


class Person:
    """Somebody signed in. What they ask for is a whole request, as their browser would make it."""

    def __init__(self, username, backend=settings.BACKEND):
        self.user = User.objects.get(username=username)
        self.signed_in = Client(SERVER_NAME="127.0.0.1")
        self.signed_in.force_login(self.user, backend)
        self.signed_in.handler = server()

    @property
    def client(self):
        return copy(self.signed_in)  # a client keeps a little of each request that it makes

    def visit(self, address, data=None):
        return self.client.get(address, data)

    def submit(self, address, data):
        return self.client.post(address, data)

    def get(self, address, data=None):
        return self.client.get(address, data, headers=HTMX)

    def post(self, address, data):
        return self.client.post(address, data, headers=HTMX)


class Stage:
    """The people of the extreme shapes, who have the same of their own in a world of any size."""

    @cached_property
    def floor(self):
        return Person(crowd.SWAMPED, settings.STOCK_BACKEND)

    @cached_property
    def swamped(self):
        return Person(crowd.SWAMPED)

    @cached_property
    def chatter(self):
        return Person(crowd.CHATTERS[0])

    @cached_property
    def famous(self):
        return Person(crowd.FAMOUS[0])

    @cached_property
    def stubborn(self):
        return Person(crowd.STUBBORN[0])

    @cached_property
    def debater(self):
        return Person(crowd.DEBATERS[0])

    @cached_property
    def edited(self):
        """A message of the debater that has been edited many times."""
        message = Message.objects.filter(sender=self.debater.user).earliest("pk")
        missing = VERSIONS - message.history.count()
        MessageHistory.objects.bulk_create(
            MessageHistory(
                message=message,
                old_content=f"{message.content} Version {number}.",
                edited_by=self.debater.user,
            )
            for number in range(missing)
        )
        Message.objects.filter(pk=message.pk).update(edited=True)
        return message

    @cached_property
    def earlier(self):
        """Where the page begins that is a thousand pages back in a conversation of 100,000."""
        roots = self.messages_of(self.chatter).roots().order_by("-pk").values_list("pk", flat=True)
        return roots[len(roots) // 3]

    @cached_property
    def middle_reply(self):
        """The one in the middle of all replies to the most famous message."""
        replies = self.top_of(self.famous).replies.order_by("pk").values_list("pk", flat=True)
        return replies[len(replies) // 2]

    def messages_of(self, person):
        """The messages of somebody who has one conversation."""
        return Message.objects.filter(conversation=self.place_of(person).conversation)

    def top_of(self, person):
        """The first message of somebody who has one conversation."""
        return self.messages_of(person).earliest("pk")

    def place_of(self, person):
        """Somebody's latest conversation, as it is now."""
        places = person.user.participations.select_related("conversation", "peer")
        return places.latest("latest_message")

    def state_of(self, person):
        """What an open page of that conversation knows."""
        place = self.place_of(person)
        return {"since": place.conversation.version, "newest": place.latest_message_id}
