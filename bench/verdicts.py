"""What the figures must reach, each as a ratio within one run, and whether they do."""

from dataclasses import dataclass

FLOOR = "floor: session and person"  # the action beside which others are measured
GROWTH = {"sqlite": 1.5, "postgresql": 1.3}  # from the smallest world to the largest, in median
GROWTH_OF_WORK = 1.5  # rows or steps, in the quick run
FEW = 100  # rows or thousand steps whose growth is no matter
AHEAD = {  # of django-postman, in a world of a million: our action, theirs, at least so many times
    "inbox": ("postman: inbox", 15),
    "expand a thread of 1,000": ("postman: thread of 1,000", 4),
    "send": ("postman: send", 1),
    "badge poll, unchanged": ("postman: unread count", 1),
}
NESTED = 2  # times the flat loop
MESSAGE = 150  # microseconds
MEMORY, STEADY = 120, 1.05  # MB after all requests; and as a multiple of half way
RATE = 0.75  # of the floor's requests a second


@dataclass
class Verdict:
    text: str
    found: float
    limit: float
    at_least: bool = False

    @property
    def holds(self):
        return self.found >= self.limit if self.at_least else self.found <= self.limit

    def __str__(self):
        word = "ok  " if self.holds else "MISS"
        sign = ">=" if self.at_least else "<="
        return f"{word} {self.text}: {self.found:.4g} {sign} {self.limit:g}"


def of_costs(rows):
    """Queries, at most so many, and as many at every size.

    But for one, which is asked only where one of the messages shown was edited.
    """
    for limit, name in {(row["queries_limit"], row["action"]): None for row in rows}:
        most = max(row["queries"] for row in rows if row["action"] == name)
        yield Verdict(f"queries, {name}", most, limit)
    for database, name, small, large in ends(rows):
        text = f"more queries in the largest world, {database}, {name}"
        yield Verdict(text, large["queries"] - small["queries"], 1)


def of_growth_of_work(rows):
    for database, name, small, large in ends(rows):
        growth = max(large["rows"], FEW) / max(small["rows"], FEW)
        yield Verdict(f"growth of rows read, {database}, {name}", growth, GROWTH_OF_WORK)


def of_times(rows):
    for database, name, small, large in ends(rows):
        growth = large["median"] / small["median"]
        limit = GROWTH[database.partition(",")[0]]
        yield Verdict(f"growth, {database}, {name}", growth, limit)
    for row in rows:
        if row["floor_limit"]:
            text = f"times the floor, {row['database']}, {row['size']}, {row['action']}"
            yield Verdict(text, row["floor"], row["floor_limit"])


def of_leaving(rows):
    """An account of a hundred times as many messages takes at most as many times as long."""
    found = {(r["database"], r["size"], r["action"]): r["median"] for r in rows}
    for (database, size, action), large in found.items():
        if action == "delete an account of 100,000":
            small = found[database, size, "delete an account of 1,000"]
            yield Verdict(
                f"100 times the messages to delete, {database}, {size}", large / small, 100
            )


def of_peers(rows, peers):
    ours = {(r["database"], r["size"], r["action"]): r["median"] for r in rows}
    for peer in peers:
        for name, (theirs, times) in AHEAD.items():
            if peer["action"] == theirs:
                ratio = peer["median"] / ours[peer["database"], peer["size"], name]
                text = f"{theirs} beside our {name}, {peer['database']}"
                yield Verdict(text, ratio, times, at_least=True)


def of_drawing(drawing):
    yield Verdict("nested beside flat", drawing["nested"] / drawing["flat"], NESTED)
    yield Verdict("a whole message, in microseconds", drawing["message"], MESSAGE)


def of_memory(memory):
    yield Verdict("MB of memory after all requests", memory["end"], MEMORY)
    yield Verdict("memory beside half way", memory["end"] / memory["half"], STEADY)


def of_rates(rates):
    for database, rate in rates.items():
        ratio = rate["poll"] / rate["floor"]
        text = f"requests a second of the poll beside the floor, {database}"
        yield Verdict(text, ratio, RATE, at_least=True)


def ends(rows):
    """(database, action, its row in the smallest world, in the largest)"""
    found = {}
    for row in rows:
        found.setdefault((row["database"], row["action"]), []).append(row)
    for (database, name), mine in found.items():
        if len(mine) > 1:
            yield database, name, mine[0], mine[-1]
