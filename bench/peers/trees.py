"""The whole of the one long thread, fetched in each way, each as one whole request."""

from functools import cache

from django.urls import reverse

from bench.peers import postman
from bench.peers.copying import debate


def naive(client):
    return visit(client, "naive")


def recursive(client):
    return visit(client, "recursive")


def mptt(client):
    return visit(client, "mptt")


def treebeard(client):
    return visit(client, "treebeard")


def tree_queries(client):
    return visit(client, "tree_queries")


WAYS = naive, recursive, mptt, treebeard, tree_queries


def visit(client, way):
    return client.get(reverse(way, args=[top()]))


@cache
def top():
    """The key of the message that the thread begins with."""
    return debate().values_list("pk", flat=True)[0]


def verify(client):
    """Fails where a page leaves a message out or hangs it elsewhere. Asks as a debater."""
    expected = debate().count()
    pages = {way.__name__: way(client).content for way in WAYS}
    shown = {way: page.count(b"<li>") for way, page in pages.items()}
    shown["postman"] = postman.thread(client, top()).content.count(b'class="pm_body"')
    wrong = {way: number for way, number in shown.items() if number != expected}
    if wrong:
        raise AssertionError(f"Not {expected} messages: {wrong}")
    if len(set(pages.values())) > 1:
        raise AssertionError("The trees of some ways differ.")
