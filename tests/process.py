"""Processes of the site as production runs them, on the database of the tests."""

import os
import re
import socket
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import quote

from django.conf import settings
from django.db import connection

from tests.browser.site import NOT_INHERITED, Site


class Process(Site):
    """A gunicorn with one worker, which has a cache of its own and knows the tests' sessions."""

    def __init__(self, folder):
        self.log = folder / "log"
        inherited = {name: os.environ[name] for name in os.environ.keys() - NOT_INHERITED}
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.address = listener.getsockname()
            self.url = f"http://127.0.0.1:{self.address[1]}"
            self.environment = inherited | {
                "VAR": str(folder),
                "DATABASE_URL": database_url(),
                "SECRET_KEY": settings.SECRET_KEY,
                "SITE_URL": "https://127.0.0.1",
                "WEB_CONCURRENCY": "1",
            }
            self.server = self.serve(listener)
        self.wait_for_first_answer()

    close = Site.stop

    def get(self, client, address, headers=None):
        """Its answer to whom this client is signed in as: head and content, byte for byte."""
        cookies = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        sent = {"Host": "127.0.0.1", "X-Forwarded-Proto": "https", "Cookie": cookies}
        lines = [f"{name}: {value}" for name, value in {**sent, **(headers or {})}.items()]
        request = "\r\n".join([f"GET {address} HTTP/1.1", *lines, "", ""])
        with socket.create_connection(self.address, timeout=60) as wire:
            wire.sendall(request.encode())
            with wire.makefile("rb") as answer:
                head = b"".join([*iter(answer.readline, b"\r\n"), b"\r\n"])
                length = re.search(rb"Content-Length: (\d+)", head)
                return head, answer.read(int(length[1])) if length else b""


def database_url():
    to = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{to['NAME']}"
    password = quote(to["PASSWORD"], safe="")
    return f"postgres://{to['USER']}:{password}@{to['HOST']}:{to['PORT']}/{to['NAME']}"


@contextmanager
def processes(number):
    """As many of them, until the end of the block."""
    with TemporaryDirectory() as folder, ExitStack() as running:
        places = [Path(folder, str(name)) for name in range(number)]
        for place in places:
            place.mkdir()
        yield [running.enter_context(closing(Process(place))) for place in places]
