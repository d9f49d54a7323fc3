"""No story is missing from either way to live it: with scripts on, and with scripts blocked."""

import re
import subprocess
import sys
from collections import defaultdict

from tests.browser.site import PROJECT
from tests.browser.ways import WAYS, both_ways

BY_POINTER = {
    "test_on_a_phone_everything_is_in_reach",
    "test_pressing_send_twice_makes_one_message",
}
STORIES = ["tests/browser/test_story.py", "tests/browser/test_sessions.py"]


def collected(*files):
    """The tests that pytest finds in these files, by their whole names."""
    collect = ["-m", "pytest", "--collect-only", "--quiet", "-p", "no:cacheprovider"]
    run = subprocess.run([sys.executable, *collect, *files], cwd=PROJECT, capture_output=True)
    assert run.returncode == 0, run.stdout.decode()
    return [line for line in run.stdout.decode().splitlines() if "::" in line]


def way_of(test):
    """The way that a test says it is lived, or None."""
    return next((way for way in WAYS if way in test), None)


def test_every_story_is_lived_both_ways():
    ways = defaultdict(set)
    for test in collected(*STORIES):
        way = way_of(test)
        ways[test.replace(way or "", "")].add(way)
    assert {story.partition("::")[0] for story in ways} == set(STORIES)
    assert [story for story in ways if ways[story] != set(WAYS)] == []


def test_every_story_is_lived_by_keyboard_too():
    stories, by_keyboard = (
        {re.search(r"::(\w+)", test)[1] for test in collected(*files)}
        for files in (STORIES, ["tests/browser/test_keyboard.py"])
    )
    assert stories - by_keyboard == BY_POINTER


@both_ways
def test_scripts_run_on_one_way_and_not_on_the_other(javascript, newcomer):
    somebody = newcomer("Somebody")
    somebody.visits("login")
    assert somebody.page.evaluate("'htmx' in window") == javascript
