"""Measures everything, says what is missed, and keeps the figures.

python -m bench            all of it, about half an hour, and as long again to make the worlds
python -m bench --quick    queries and rows alone, in small worlds, under two minutes
"""

import argparse
import platform
import signal
import sys
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from multiprocessing import active_children, get_context
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from bench import measure, rate, report, verdicts
from bench.worlds import PROJECT, SIZES, prepare_peers, worlds
from tests import services

ROUNDS = 30
PEERS_AT = "medium"  # where there are a million messages

QUICK = {  # one's own is the same in both, and so must be what an action reads
    "small": ("--messages=500", "--hot=8000"),
    "large": ("--messages=20000", "--hot=8000"),
}


def main():
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--folder", type=Path, default=PROJECT / "var" / "bench")
    parser.add_argument("--sizes", nargs="+", choices=SIZES, default=SIZES)
    parser.add_argument("--databases", nargs="+", default=["sqlite", "postgresql"])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    for number in (signal.SIGTERM, signal.SIGHUP):  # so that whatever was started ends too
        signal.signal(number, stop)
    return quick(options) if options.quick else full(options)


def stop(number, frame):
    for process in active_children():
        process.kill()
    sys.exit(128 + number)


def quick(options):
    with (
        services.folder() as folder,
        worlds(folder, list(QUICK), options.databases, QUICK) as found,
        entered(found) as processes,
    ):
        rows = all_costs(processes)
    report.print_costs(rows)
    return judge([*verdicts.of_costs(rows), *verdicts.of_growth_of_work(rows)])


def full(options):
    with worlds(options.folder, options.sizes, options.databases) as found:
        with_peers = [world for world in found if world.size == PEERS_AT]
        for world in with_peers:
            prepare_peers(world)
        with entered(found, with_peers) as processes:
            for process in processes.values():
                process.submit(measure.analyze).result()
            rows = all_costs(processes)
            add_times(rows, processes, options.rounds)
            rows += without_statistics(processes, options.rounds)
            smallest = next(iter(processes.values()))
            drawing = smallest.submit(measure.drawing).result()
        # In a process that has done nothing else.
        with entered(found[:1]) as processes:
            (process,) = processes.values()
            memory = process.submit(measure.memory).result()
        rates = {world.database: rates_of(world) for world in found if world.size == found[0].size}
    own = [row for row in rows if not row["is_peer"]]
    peers = [row for row in rows if row["is_peer"]]
    result = {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "rows": rows,
        "drawing": drawing,
        "memory": memory,
        "rates": rates,
    }
    report.print_rows(own)
    report.print_peers(peers)
    report.save(result)
    return judge(
        [
            *verdicts.of_costs(own),
            *verdicts.of_times(own),
            *verdicts.of_leaving(own),
            *verdicts.of_peers(own, peers),
            *verdicts.of_drawing(drawing),
            *verdicts.of_memory(memory),
            *verdicts.of_rates(rates),
        ]
    )


@contextmanager
def entered(found, with_peers=()):
    """A process in each world: {world: its executor}."""
    with ExitStack() as running:
        yield {
            world: running.enter_context(
                ProcessPoolExecutor(
                    max_workers=1,
                    mp_context=get_context("spawn"),
                    initializer=measure.enter,
                    initargs=[world.environment(PEERS="on" if world in with_peers else "off")],
                )
            )
            for world in found
        }


def all_costs(processes):
    return [
        {"database": world.database, "size": world.size, **cost}
        for world, process in processes.items()
        for cost in process.submit(measure.costs).result()
    ]


def add_times(rows, processes, rounds):
    """Let the worlds take turns, and put "median", "p95" (in ms) and "floor" into the rows."""
    taken = defaultdict(list)
    for number in range(rounds):
        for world, process in processes.items():
            for name, seconds in process.submit(measure.times, number).result().items():
                taken[world.database, world.size, name].append(1_000 * seconds)
    for row in rows:
        times = taken[row["database"], row["size"], row["action"]]
        row["median"] = median(times)
        row["p95"] = quantiles(times, n=20)[-1] if len(times) > 1 else times[0]
    for row in rows:
        at_floor = taken[row["database"], row["size"], verdicts.FLOOR]
        row["floor"] = row["median"] / median(at_floor)


def without_statistics(processes, rounds):
    """The rows of PostgreSQL where nobody has ever said ANALYZE."""
    there = {w: process for w, process in processes.items() if w.database == "postgresql"}
    for process in there.values():
        process.submit(measure.analyze, statistics=False).result()
    rows = all_costs(there)
    add_times(rows, there, rounds // 2)
    for row in rows:
        row["database"] = "postgresql, never analysed"
    return rows


def rates_of(world):
    from bench.serving import Instance

    with entered([world]) as processes, TemporaryDirectory() as folder:
        (process,) = processes.values()
        asked = process.submit(measure.asked_over_http).result()
        environment = world.environment(WEB_CONCURRENCY="1")
        with closing(Instance(Path(folder, "log"), environment)) as server:
            return rate.rates(server.url, asked)


def judge(found):
    """Say each verdict; the exit code."""
    for verdict in found:
        print(verdict)
    missed = sum(not verdict.holds for verdict in found)
    print(f"{len(found) - missed} of {len(found)} hold" + (f", {missed} MISSED" if missed else ""))
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
