"""The memory of one process while it answers many requests of all kinds."""

import random

from bench.actions import ACTIONS

REQUESTS = 10_000
KINDS = [name for name in ACTIONS if not name.startswith("delete")]


def memory(do):
    """{"half", "end"}: MB in use after half and after all REQUESTS, which `do(name)` makes."""
    import psutil

    process, chosen = psutil.Process(), random.Random(1)  # noqa: S311
    found = []
    for _ in range(2):
        for _ in range(REQUESTS // 2):
            do(chosen.choice(KINDS))
        found.append(process.memory_info().rss / 2**20)
    return dict(zip(("half", "end"), found, strict=True))
