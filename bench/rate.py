"""How many requests a second one server process answers: a poll beside the floor."""

import http.client
import time
from threading import Thread
from urllib.parse import urlsplit

CLIENTS = 4
SLICES = 20  # alternately of one and the other
SECONDS = 1  # of each


def rates(url, asked):
    """{name: requests a second} for `asked`: {name: (path, headers)}."""
    counts = dict.fromkeys(asked, 0)
    for _ in range(SLICES // len(asked)):
        for name, (path, headers) in asked.items():
            counts[name] += count(url, path, headers)
    seconds = SECONDS * SLICES // len(asked)
    return {name: number / seconds for name, number in counts.items()}


def count(url, path, headers):
    """The answers to some clients who ask, each on a connection of its own, as fast as they can."""
    answered, ends = [], time.monotonic() + SECONDS

    def ask():
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        while time.monotonic() < ends:
            connection.request("GET", path, headers=headers)
            response = connection.getresponse()
            response.read()
            if response.status != 204:
                raise AssertionError(f"{path}: {response.status}")
            answered.append(path)
        connection.close()

    clients = [Thread(target=ask) for _ in range(CLIENTS)]
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    return len(answered)
