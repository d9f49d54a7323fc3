"""Who may ask for what: every address, for everyone, by GET and by POST."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.urls import get_resolver, reverse

from tests.html import soup

# A message by alice to bob; charlie has nothing to do with it, and erased has left meanwhile.
# 302 leads to the sign-in, 303 to what was done, 422 is a form that lacks something.
EXPECTED = """
                         nobody    charlie    bob        alice      erased
                         GET POST  GET POST   GET POST   GET POST   GET POST

inbox                    302 401   200 405    200 405    200 405    302 401
compose                  302 401   200 303    200 422    200 303    302 401
conversations            302 401   200 405    200 405    200 405    302 401
conversation             302 401   404 404    200 303    200 303    302 401
conversation-fragment    302 401   404 404    200 405    200 405    302 401
conversation-changes     302 401   404 405    200 405    200 405    302 401
message                  302 401   404 405    200 405    200 405    302 401
message-replies          302 401   404 404    200 303    200 303    302 401
message-edit             302 401   404 404    403 403    200 303    302 401
message-history          302 401   404 405    200 405    200 405    302 401
messages-read            302 401   405 404    405 303    405 404    302 401
message-unread           302 401   405 404    405 303    405 403    302 401
unread-badge             302 401   200 405    200 405    200 405    302 401
notifications            302 401   200 303    200 303    200 303    302 401
profile                  302 401   200 303    200 303    200 303    302 401
delete_user              302 401   200 422    200 422    200 422    302 401
signup                   403 403   302 302    302 302    302 302    403 403
login                    200 422   302 302    302 302    302 302    200 422
logout                   405 303   405 303    405 303    405 303    405 303
password_change          302 401   200 422    200 422    200 422    302 401
password_reset           200 422   200 422    200 422    200 422    200 422
password_reset_done      200 405   200 405    200 405    200 405    200 405
password_reset_confirm   200 200   200 200    200 200    200 200    200 200
healthz                  200 405   200 405    200 405    200 405    200 405
"""

PEOPLE, _, *ROWS = (line.split() for line in EXPECTED.splitlines() if line)
ROWS = {name: statuses for name, *statuses in filter(None, ROWS)}
ADDRESSES = {pattern.name: pattern for pattern in get_resolver("messaging.urls").url_patterns}


@pytest.fixture
def message(alice, bob, write):
    return write(alice, bob, "For Bob alone")


@pytest.fixture
def clients(alice, bob, charlie, message, browse, write):
    """{name: client} of everyone in the table."""
    erased = get_user_model().objects.create_user("erased")
    write(alice, erased)
    clients = {person.username: browse(person) for person in (alice, bob, charlie, erased)}
    erased.delete()
    return clients | {"nobody": Client()}


def address_of(name, message, reader="alice"):
    """The address of this name about the message, or about whom the reader has it with."""
    values = {
        "pk": message.pk,
        "username": "alice" if reader == "bob" else "bob",
        "uidb64": "x",
        "token": "x-y",
    }
    wanted = ADDRESSES[name].pattern.converters
    return reverse(name, kwargs={key: values[key] for key in wanted})


def form_of(message):
    """Enough for every form that asks for no password."""
    return {
        "receiver": "bob",
        "content": "Hello",
        "version": message.version,
        "message": message.pk,
        "time_zone": "UTC",
    }


def test_every_address_has_a_row_and_every_row_an_address():
    assert ROWS.keys() == ADDRESSES.keys()


def test_nothing_is_mounted_beside_these_but_the_admin():
    assert [pattern.app_name for pattern in get_resolver().url_patterns] == [None, "admin"]


@pytest.mark.parametrize("name", ROWS)
def test_everyone_gets_what_the_table_says(name, clients, message):
    statuses = []
    for person in PEOPLE:
        address = address_of(name, message, reader=person)
        statuses.append(clients[person].get(address).status_code)
        statuses.append(clients[person].post(address, form_of(message)).status_code)

    assert [str(status) for status in statuses] == ROWS[name]


# What a stranger learns


OBJECTS = [name for name in ROWS if {"pk", "username"} & ADDRESSES[name].pattern.converters.keys()]


class Missing:
    """A message that is not there."""

    pk = version = 10**9


@pytest.mark.parametrize("name", [*OBJECTS, "messages-read"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_stranger_cannot_tell_what_is_there(name, method, clients, message):
    def answer(message, known="bob"):
        address = address_of(name, message).replace("/bob/", f"/{known}/")
        response = getattr(clients["charlie"], method)(address, form_of(message))
        return response.status_code, response.headers, response.content

    there, missing = answer(message), answer(Missing, known="nobody")

    assert there == missing
    assert there[0] in (404, 405)


def test_a_stranger_never_sees_the_text(clients, message):
    def pages(person):
        for name in ROWS:
            yield str(soup(clients[person].get(address_of(name, message, reader=person))))

    assert any("For Bob alone" in page for page in pages("bob"))
    assert not any("For Bob alone" in page for page in pages("charlie"))
    assert not any("For Bob alone" in page for page in pages("nobody"))
    assert not any("For Bob alone" in page for page in pages("erased"))


# Which methods


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_no_address_takes_another_method(method, clients, message):
    # Django refuses a used link before it looks at the method.
    for name in ROWS.keys() - {"password_reset_confirm"}:
        ask = getattr(clients["alice"], method)
        assert ask(address_of(name, message), form_of(message)).status_code in (302, 405), name


def rows():
    """The content of every table."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        for table in sorted(tables):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield table, sorted(map(repr, cursor.fetchall()))


@pytest.mark.parametrize("person", PEOPLE)
def test_looking_changes_nothing(person, clients, message):
    before = dict(rows())

    for name in ROWS:
        clients[person].get(address_of(name, message, reader=person))
        clients[person].head(address_of(name, message, reader=person))

    assert dict(rows()) == before
    clients["alice"].post(address_of("conversation", message), form_of(message))
    assert dict(rows()) != before
