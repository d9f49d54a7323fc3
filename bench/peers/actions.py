"""The peers' actions, for `bench.measure`. Nothing limits them."""

from functools import cache

from django.conf import settings

from bench.actions import Action
from bench.peers import postman, trees
from bench.stage import Person

ACTIONS = {}


def add(name, person, request, *arguments, rounds=3):
    """`request(client, *arguments)`, where an argument is a question to the stage."""

    def steps(stage):
        client = client_of(getattr(stage, person).user.username)
        found = [argument(stage) for argument in arguments]
        yield lambda: request(client, *found)

    ACTIONS[name] = Action(steps, rounds=rounds, is_peer=True)


@cache
def client_of(username):
    """The person as a site without Parley loads them."""
    return Person(username, settings.STOCK_BACKEND).signed_in


def long_thread(stage):
    return trees.top()


def peer_name(stage):
    return stage.place_of(stage.swamped).peer.username


add("postman: inbox", "swamped", lambda client: postman.inbox(client, limit=None), rounds=10)
add("postman: inbox, first 30", "swamped", postman.inbox)
add("postman: unread count", "swamped", postman.unread_count, rounds=1)
add("postman: send", "swamped", postman.send, peer_name, rounds=1)
add("postman: thread of 1,000", "debater", postman.thread, long_thread)
for way in trees.WAYS:
    add(f"thread of 1,000: {way.__name__}", "debater", way)
