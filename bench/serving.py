"""Parley as production serves it, in a world of its own, for as long as a measurement takes."""

import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack, closing, contextmanager

from tests import services
from tests.browser.site import NOT_INHERITED, PROJECT, Site

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL and Redis"}

SIGN_IN = "from bench.serving import sign_in; sign_in(number)"
VACUUM = "from bench.serving import vacuum; vacuum()"


class Instance(Site):
    """One gunicorn. Those of the same environment are one site, each with a memory of its own."""

    options = ()  # as the Procfile has it: no access log

    def __init__(self, log, environment):
        self.log = log
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
            self.environment = {**environment, "SITE_URL": self.url}
            self.server = self.serve(listener)
        self.wait_for_first_answer()

    close = Site.stop

    def pairs(self, number):
        """So many people of the large world, signed in, as pairs who talk with each other."""
        people = json.loads(self.run(SIGN_IN, number=number))
        for person, peer in zip(people[::2], people[1::2], strict=True):
            person["peer"], peer["peer"] = peer["username"], person["username"]
        return list(zip(people[::2], people[1::2], strict=True))


def missing(database):
    """The programs that this database needs and this machine lacks."""
    needed = services.PROGRAMS if database == "postgresql" else ()
    return [name for name in needed if not services.program(name)]


@contextmanager
def instances(database, people, number=1, workers=2):
    """So many instances of a site with so many ordinary people, until the end of the block."""
    with ExitStack() as running:
        place = running.enter_context(services.folder())
        environment = {name: os.environ[name] for name in os.environ.keys() - NOT_INHERITED}
        environment |= {"VAR": str(place / "var"), "WEB_CONCURRENCY": str(workers)}
        if database == "postgresql":
            environment["DATABASE_URL"] = running.enter_context(services.postgresql(place))
            environment["CACHE_URL"] = running.enter_context(services.redis_server(place))
        release(environment, messages=100 * people)
        logs = [place / f"instance-{number}.log" for number in range(number)]
        started = [running.enter_context(closing(Instance(log, environment))) for log in logs]
        started[0].run(VACUUM)
        try:
            yield started
        finally:
            for log in logs:
                print_traceback(log.read_text())


def print_traceback(log):
    """The last one, or the reason of a failure would go with the folder."""
    _, begins, last = log.rpartition("Traceback")
    if begins:
        print(begins + last, file=sys.stderr)


def release(environment, messages):
    manage(environment, "migrate", "--verbosity=0")
    manage(environment, "collectstatic", "--no-input", "--verbosity=0")
    world = "--size=small", f"--messages={messages}", "--hot=2000", "--verbosity=0"
    manage(environment, "seed_demo", *world)


def manage(environment, *arguments):
    done = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"manage.py {arguments[0]} failed:\n{done.stderr}")


# Beside the site, with Django


def sign_in(number):
    """Sign people of the large world in, without a password, and print what their cookies say."""
    from django.test import Client
    from django.utils.crypto import get_random_string

    from messaging.demo.crowd import EXTREME
    from messaging.models import User

    people = []
    everyone = User.objects.filter(username__startswith="user").order_by("username")
    for person in everyone[EXTREME : EXTREME + number]:
        client = Client()
        client.force_login(person)
        people.append(
            {
                "pk": person.pk,
                "username": person.username,
                "session": client.cookies["sessionid"].value,
                "token": get_random_string(32),
            }
        )
    print(json.dumps(people))


def vacuum():
    """What a database that has been in use for longer has done by itself."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
