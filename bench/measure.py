"""Measures the actions of one world, in a process of its own.

A round does each action once, in a shuffled order, so that whatever else the machine does meanwhile
falls on all of them alike.
"""

import json
import random
import resource
import time
from contextlib import contextmanager, suppress

from django.db import connection

NOT_QUERIES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK", "SET CONSTRAINTS")
EXPLAINED = ("SELECT", "WITH", "INSERT", "UPDATE", "DELETE")

stage = None
has_statistics = True


def actions():
    from django.conf import settings

    from bench.actions import ACTIONS

    found = dict(ACTIONS)
    if settings.PEERS and has_statistics:
        from bench.peers.actions import ACTIONS as PEERS

        found |= PEERS
    return {k: a for k, a in found.items() if has_statistics or not a.needs_statistics}


def enter(environment):
    """Go to a world; the process stays there."""
    import os

    import django

    os.environ.update(environment)
    django.setup()

    from bench.stage import Stage

    global stage
    stage = Stage()


def analyze(statistics=True):
    """Let the planner know its tables, or nothing about them, as after a hasty restore."""
    global has_statistics
    has_statistics = statistics
    with connection.cursor() as cursor:
        if statistics:
            cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
        elif connection.vendor == "postgresql":
            cursor.execute("DELETE FROM pg_statistic")
            cursor.execute(
                "UPDATE pg_class SET reltuples = -1, relpages = 0, relallvisible = 0"
                " WHERE relname LIKE 'messaging_%'"
            )


@contextmanager
def prepared(name):
    """The request of an action, between its preparation and its tidying up."""
    steps = actions()[name].steps(stage)
    yield next(steps)
    with suppress(StopIteration):
        next(steps)


def do(request):
    """The answer to a request. Fails where that is not what was asked for."""
    response = request()
    if response.status_code not in (200, 204, 302, 303):
        raise AssertionError(f"{response.status_code}: {response.content[:500]}")
    return response


def drawing():
    from bench.drawing import drawing

    return drawing(stage)


def memory():
    from bench.memory import memory

    def answer(name):
        with prepared(name) as request:
            do(request)

    return memory(answer)


def times(number):
    """Seconds that each action took in the round of this number: {name: seconds}."""
    found = [name for name, action in actions().items() if number % action.rounds == 0]
    random.shuffle(found)
    return {name: seconds(name) for name in found}


def seconds(name):
    with prepared(name) as request:
        began = time.perf_counter()
        do(request)
        return time.perf_counter() - began


def costs():
    """What each action asks of the database, and sends, with its limits: [see `cost`]."""
    return [
        {
            "action": name,
            "is_peer": action.is_peer,
            "queries_limit": action.queries,
            "floor_limit": action.floor,
            **cost(name),
        }
        for name, action in actions().items()
    ]


def cost(name):
    """{"queries", "rows": that the database read, "bytes": of the answer, "memory": in MB}

    Rows read are those of the plans that PostgreSQL followed. SQLite does not tell; it counts the
    steps of its machine instead, in thousands.
    """
    with prepared(name) as request:
        do(request)  # once, so that nothing is met for the first time
    with prepared(name) as request, counted_queries() as sqls:
        response = do(request)
    with prepared(name) as request, counted_work() as work:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        do(request)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    return {
        "queries": len(sqls),
        "rows": work[0],
        "bytes": len(response.content),
        "memory": round(memory / 1024, 1),
    }


@contextmanager
def counted_queries():
    sqls = []

    def note(execute, sql, params, many, context):
        if not sql.startswith(NOT_QUERIES):
            sqls.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sqls


@contextmanager
def counted_work():
    work = [0]
    if connection.vendor == "sqlite":
        connection.ensure_connection()

        def step():
            work[0] += 1

        connection.connection.set_progress_handler(step, 100)
        yield work
        connection.connection.set_progress_handler(None, 0)
        work[0] = work[0] / 10
        return

    def explain(execute, sql, params, many, context):
        if sql.lstrip().startswith(EXPLAINED) and not many:
            work[0] += rows_read(sql, params)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        yield work


def rows_read(sql, params):
    """How many rows PostgreSQL reads for a query, which is undone."""
    import psycopg

    raw = connection.connection
    with raw.transaction(force_rollback=True), psycopg.ClientCursor(raw) as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON, TIMING OFF) {sql}", params)
        (plan,) = cursor.fetchone()
    plan = json.loads(plan) if isinstance(plan, str) else plan
    return scanned(plan[0]["Plan"])


def scanned(node):
    """The rows that the scans of a plan looked at, those that a filter took away included."""
    below = sum(map(scanned, node.get("Plans", [])))
    if not node["Node Type"].endswith("Scan") or node["Node Type"] in ("CTE Scan", "Subquery Scan"):
        return below
    own = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return below + own * node["Actual Loops"]


def asked_over_http():
    """{name: (path, headers)} of the floor and of the poll that the most pages make."""
    from urllib.parse import urlencode

    from django.urls import reverse

    from messaging.models import User

    user = User.objects.with_unread().get(pk=stage.swamped.user.pk)
    known = urlencode({"seen": user.unread_count, "newest": user.newest_unread})
    paths = {"floor": reverse("floor"), "poll": f"{reverse('unread-badge')}?{known}"}
    people = {"floor": stage.floor, "poll": stage.swamped}
    return {
        name: (
            path,
            {
                "HX-Request": "true",
                "Cookie": f"sessionid={people[name].client.session.session_key}",
            },
        )
        for name, path in paths.items()
    }
