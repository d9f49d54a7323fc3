"""How many people two cores serve at once, and whether two instances are one site.

    python -m bench.load [--seconds 30] [--database sqlite|postgresql|both] [--most 400]
    python -m bench.load --two

The first lets more and more people use the site, until an action takes too long or fails. The load
generator works on the same machine. The second is in `two.py`.
"""

import argparse
import json
import math
import os
import platform
import signal
import subprocess
import sys
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from statistics import median

from bench import two
from bench.serving import NAMES, PROJECT, instances, missing

LIMIT = 200  # milliseconds, for the 95th percentile of every action
FIRST = 10  # people
RESULTS = Path(__file__).parent / "results"
LINE = "{:24}{:>10}{:>10}{:>10}"


def main():
    options = parse()
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, frame: sys.exit(128 + number))
    databases = list(NAMES) if options.database == "both" else [options.database]
    for database in databases:
        if programs := missing(database):
            sys.exit(f"Not measured, no {', '.join(programs)}: apt install postgresql redis-server")
    if options.two:
        return two.main(databases)
    found = {database: measure(database, options.most, options.seconds) for database in databases}
    save(found, options.seconds)
    return judge(found)


def parse():
    parser = argparse.ArgumentParser(prog="python -m bench.load")
    parser.add_argument("--seconds", type=int, default=30, help="of each step, once all are there")
    parser.add_argument("--database", choices=[*NAMES, "both"], default="both")
    parser.add_argument("--most", type=int, default=400, help="people, in any step")
    parser.add_argument("--two", action="store_true", help="check two instances beside each other")
    return parser.parse_args()


# Steps


def measure(database, most, seconds):
    """{"served": people, "steps": [see `summary`]}"""
    print(f"{NAMES[database]}: the world is being made", flush=True)
    with instances(database, people=most) as [site]:
        pairs = site.pairs(most)
        steps, served, too_many = [], 0, None
        while number := next_number(served, too_many, most):
            step = summary(play(site.url, pairs[: number // 2], seconds), number)
            steps.append(step)
            print(in_a_line(step), flush=True)
            if is_good(step):
                served = number
            else:
                too_many = number
    shown = next((step for step in steps if step["people"] == served), steps[-1])
    print_table(shown)
    return {"served": served, "steps": steps}


def next_number(served, too_many, most):
    """How many people to try next: half as many again, then less and less; 0 at the end."""
    if too_many is None:
        number = min(max(FIRST, served * 3 // 2), most)
    else:
        number = (served + too_many) // 2
    number -= number % 2
    return number if number - served >= max(2, served // 20) else 0


def play(url, pairs, seconds):
    """What so many people saw in so many seconds, by a process of their own; see `people.play`."""
    command = [sys.executable, "-m", "bench.people"]
    given = json.dumps({"url": url, "pairs": pairs, "seconds": seconds})
    done = subprocess.run(  # noqa: S603
        command, cwd=PROJECT, input=given, stdout=subprocess.PIPE, text=True, timeout=seconds + 120
    )
    if done.returncode:
        sys.exit("The people could not play; see above")
    return json.loads(done.stdout)


def summary(played, people):
    times = played["times"]
    return {
        "people": people,
        "requests_per_second": sum(map(len, times.values())) / played["seconds"],
        "generator_cpu": played["cpu"],  # of one core
        "errors": played["errors"],
        "actions": {
            action: {"requests": len(taken), "median": median(taken), "p95": p95(taken)}
            for action, taken in sorted(times.items())
        },
    }


def p95(values):
    """The value that 95 of 100 do not pass; the largest, of fewer than 20."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]


def is_good(step):
    return not step["errors"] and slowest(step)[1]["p95"] < LIMIT


def slowest(step):
    return max(step["actions"].items(), key=lambda action: action[1]["p95"])


# What is said


def in_a_line(step):
    name, action = slowest(step)
    return (
        f"{step['people']:4} people: {step['requests_per_second']:.0f} requests/s, "
        f"slowest: {name}, p95 {action['p95']:.0f} ms, {len(step['errors'])} errors "
        f"(generator: {step['generator_cpu']:.0%} of a core)"
    )


def print_table(step):
    print(f"\nWith {step['people']} people:\n")
    print(LINE.format("", "requests", "median", "p95"))
    for name, action in step["actions"].items():
        times = f"{action['median']:.0f} ms", f"{action['p95']:.0f} ms"
        print(LINE.format(name, action["requests"], *times))
    print(flush=True)


def save(found, seconds):
    now = datetime.now(UTC)
    result = {
        "date": now.isoformat(timespec="seconds"),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "seconds": seconds,
        "limit_ms": LIMIT,
        "databases": found,
    }
    RESULTS.mkdir(exist_ok=True)
    file = RESULTS / f"load-{now:%Y-%m-%d}.json"
    file.write_text(json.dumps(result, indent=1) + "\n")
    print(f"Written: {file.relative_to(PROJECT)}")


def judge(found):
    """Print the verdict; the exit code."""
    for database, result in found.items():
        print(
            f"{NAMES[database]}: {result['served']} people at once, "
            f"95 of 100 answers to each action within {LIMIT} ms"
        )
    errors = [
        error
        for result in found.values()
        for error in chain.from_iterable(step["errors"] for step in result["steps"])
    ]
    for error in sorted(set(errors))[:20]:
        print(f"  {errors.count(error)} x {error}")
    is_good = not errors and all(result["served"] for result in found.values())
    print("PASS: no error" if is_good else f"FAIL: {len(errors)} errors, or nobody served in time")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
