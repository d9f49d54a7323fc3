"""Reading from a replica of the database, which may be some moments behind.

Whoever writes reads from the primary from then on, for PINNED_FOR, by a cookie; at everybody else's
GET it is the replica's turn. An answer is read as a whole from one of the two: a version from one
and a text from the other would be stored under a key that is not its own (see caching.py).
"""

from contextvars import ContextVar
from copy import copy

from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DEFAULT_DB_ALIAS as PRIMARY
from django.db import transaction

REPLICA = "replica"
COOKIE = "pinned"
PINNED_FOR = 30  # seconds; a replica that is further behind must not be asked
KNOWN = {"since", "seen"}  # by which a poll says what its page shows

is_turn_of_replica = ContextVar("is_turn_of_replica", default=False)


class ForThePrimary(BadRequest):
    """The replica's turn came to something that only the primary does."""


class ReplicaRouter:
    def db_for_read(self, model, **hints):
        if is_turn_of_replica.get() and transaction.get_connection().in_atomic_block:
            raise ForThePrimary
        return REPLICA if is_turn_of_replica.get() else PRIMARY

    def db_for_write(self, model, **hints):
        if is_turn_of_replica.get():
            raise ForThePrimary
        return PRIMARY

    def allow_relation(self, one, other, **hints):
        return True

    def allow_migrate(self, db, app_label, **hints):
        return db == PRIMARY


def read_from_replica(get_response):
    """Whatever the replica's answer could be wrong about is asked again of the primary."""

    def middleware(request):
        writes = request.method not in ("GET", "HEAD")
        polls = not KNOWN.isdisjoint(request.GET)
        if not writes and COOKIE not in request.COOKIES:
            response = answer_of_replica(request)
            if can_stand(response, polls):
                return response
        response = get_response(request)
        # Who hears news asks next for the lists that show it.
        if writes or (polls and response.status_code == 200):
            pin(response)
        return response

    def answer_of_replica(request):
        request = copy(request)
        request.META = request.environ = request.META.copy()
        turn = is_turn_of_replica.set(True)
        try:
            return get_response(request)
        finally:
            is_turn_of_replica.reset(turn)

    return middleware


def can_stand(response, polls):
    """Whether an answer is at worst late: a page, or to a poll that there is no news.

    What is not there may only not be there yet, such as a message, or the session itself. And news
    may be older than what the page shows.
    """
    touches_session = settings.SESSION_COOKIE_NAME in response.cookies
    return response.status_code == (204 if polls else 200) and not touches_session


def pin(response):
    response.set_cookie(
        COOKIE,
        "1",
        max_age=PINNED_FOR,
        path=settings.SESSION_COOKIE_PATH,
        domain=settings.SESSION_COOKIE_DOMAIN,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=settings.SESSION_COOKIE_HTTPONLY,
        samesite=settings.SESSION_COOKIE_SAMESITE,
    )
