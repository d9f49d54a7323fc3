"""People who use the site, many at once. A process of its own, which `bench.load` starts.

Reads {"url", "pairs", "seconds"} and prints {"times": {action: [ms]}, "errors", "seconds", "cpu"}.

They are in the middle of a conversation: each writes about three messages a minute, and at times
edits one, unfolds a thread or looks into the inbox, while their page polls as app.js does for
somebody who is busy. Pages are searched, not parsed: meanwhile everybody else would wait.
"""

from locust import FastHttpUser, constant, task  # first: it changes how the others wait

# isort: split
import json
import re
import sys
import time
from collections import defaultdict
from contextlib import suppress
from html import unescape
from random import Random
from traceback import format_exception
from urllib.parse import parse_qs, urlencode, urlsplit

import gevent
from locust.env import Environment

POLL = 5  # seconds
ARRIVE = 10  # seconds, in which they come one by one
SETTLE = 5  # seconds, until all of them are at work

PATTERNS = {
    "badge": r'id="unread-badge"[^>]* hx-get="([^"]+)"',
    "live": r'id="live" hx-get="([^"]+)"',
    "list": r'class="conversations" hx-get="([^"]+)"',
    "key": r'name="key" value="([^"]+)"',
    "version": r'name="version" value="([^"]+)"',
    "unread": r'name="conversation" value="([^"]+)" hx-post',
    "folded": r'hx-get="(/messages/\d+/replies/)" hx-trigger="click, toggle',
    "message": r'class="message[^"]*" id="message-(\d+)"',
    "mine": r'class="message mine" id="message-(\d+)"',
}
PATTERNS = {name: re.compile(pattern) for name, pattern in PATTERNS.items()}

random = Random()  # noqa: S311


def every(name, text):
    return [unescape(found) for found in PATTERNS[name].findall(text)]


def first(name, text):
    found = PATTERNS[name].search(text)
    return found and unescape(found[1])


class Wrong(Exception):
    """An answer is not what it should be. It is counted; whoever got it begins anew."""


class Person(FastHttpUser):
    wait_time = constant(0)  # see `stay`

    def on_start(self):
        self.me = self.environment.people.pop()
        self.letters = self.environment.letters[self.me["username"]]  # that arrived for this one
        self.conversation = f"/conversations/{self.me['peer']}/"
        self.next_poll = time.monotonic() + random.uniform(0, POLL)
        self.newest = 0
        self.badge = self.list = None
        self.is_at_work = False

    @task
    def do_something(self):
        deeds = {
            self.write: 4,
            self.reply: 2,
            self.mark_read: 2,
            self.unfold: 2,
            self.edit: 1,
            self.visit: 1,
        }
        [deed] = random.choices(list(deeds), deeds.values()) if self.is_at_work else [self.visit]
        self.is_at_work = False
        with suppress(Wrong):
            deed()
            self.stay(2, 6)
            self.is_at_work = True
        if not self.is_at_work:
            gevent.sleep(POLL)

    # What they do

    def visit(self):
        """Look into the inbox and come back to the conversation."""
        self.live = None
        inbox = self.ask("open the inbox", "/", expect=['class="unread-list"'])
        self.is_in_inbox = True
        self.learn(inbox)
        self.stay(2, 5)
        self.open_conversation()

    def open_conversation(self):
        owed = [message for message, parent in self.owed() if not parent]
        page = self.ask("open a conversation", self.conversation, expect=['id="composer"', *owed])
        self.is_in_inbox = False
        self.learn(page)
        self.key = first("key", page)
        self.folded = every("folded", page)
        self.messages = every("message", page)
        self.mine = every("mine", page)

    def write(self):
        self.stay(3, 8)
        text = self.text()
        form = {"content": text, "key": self.key}
        draft = {**form, "draft": "keep"}
        self.ask("keep a draft", self.conversation, draft, "", expect=None)
        self.stay(0.5, 2)
        answer = self.ask_changes("send", self.conversation, form, "composer", text)
        self.key = first("key", answer)
        self.sent(text, answer)

    def reply(self):
        message = random.choice(self.messages[-10:])
        address, place = f"/messages/{message}/replies/", f"reply-{message}"
        form = self.ask("open the reply form", address, target=place, expect=['name="key"'])
        self.stay(3, 8)
        text = self.text()
        sent = {"content": text, "key": first("key", form)}
        self.sent(text, self.ask_changes("reply", address, sent, place, text), parent=message)

    def edit(self):
        if not self.mine:
            return self.write()
        message = random.choice(self.mine[-5:])
        address, place = f"/messages/{message}/edit/", f"message-{message}"
        form = self.ask("open the edit form", address, target=place, expect=['name="version"'])
        self.stay(3, 8)
        text = self.text()
        sent = {"content": text, "version": first("version", form), **self.known()}
        self.ask("save an edit", address, sent, place, expect=[text, f'id="{place}"'])
        return self.follow(["news"])

    def mark_read(self):
        if self.unread:
            everything = {"conversation": self.unread}
            self.ask_changes("mark as read", "/messages/read/", everything, "live")

    def unfold(self):
        if self.folded:
            address = self.folded.pop()
            self.ask("unfold a thread", address, target="", expect=['class="message'])

    def stay(self, least, most):
        """Look at the page for so many seconds; it polls meanwhile."""
        until = time.monotonic() + random.uniform(least, most)
        while self.next_poll < until:
            gevent.sleep(max(0, self.next_poll - time.monotonic()))
            self.next_poll = time.monotonic() + POLL
            self.poll()
        gevent.sleep(max(0, until - time.monotonic()))

    # What their page does

    def poll(self):
        asked = [gevent.spawn(self.poll_badge)]
        if self.live:
            asked.append(gevent.spawn(self.ask_changes, "poll the changes", self.live))
        gevent.joinall(asked, raise_error=True)

    def poll_badge(self):
        expect = ['id="unread-badge"']
        badge = self.ask("poll the badge", self.badge, None, "unread-badge", expect, or_none=True)
        if badge:
            self.learn(badge)
            self.follow(["unread"])

    def ask_changes(self, action, address, form=None, target="live", text=""):
        """Ask for something that is answered with all the page has yet to show."""
        owed = [message for message, _ in self.owed()]
        if form is not None:
            form |= self.known()
        expect = ['id="live"', text, *owed]
        is_poll = form is None
        answer = self.ask(action, address, form, target, expect, or_none=is_poll and not owed)
        if answer:
            self.learn(answer)
            self.messages += every("message", answer)
            self.follow(["news"])
        return answer

    def follow(self, events):
        """Ask for what stands apart from the messages."""
        for event in events:
            if event == "news":
                self.poll_badge()
            elif self.is_in_inbox:
                self.ask("refresh the inbox", "/", target="", expect=['class="unread-list"'])
            self.ask("refresh the list", self.list, target="", expect=['class="conversations"'])

    def learn(self, text):
        """Take in what the markup says that the page is to ask next."""
        self.badge = first("badge", text) or self.badge
        self.list = first("list", text) or self.list
        if live := first("live", text):
            self.live, self.unread = live, first("unread", text)
            self.newest = int(self.known()["newest"])

    def known(self):
        """What the page knows, as every form in it sends along: since, newest."""
        return {name: value for name, [value] in parse_qs(urlsplit(self.live).query).items()}

    # What is said

    def text(self):
        self.environment.texts += 1
        words = random.choice(
            ["Is the ferry late again?", "The kettle is back.", "See you at ten."]
        )
        return f"No {self.environment.texts}, {random.randrange(10**9):09}. {words}"

    def sent(self, text, answer, parent=None):
        """Note that a message was acknowledged: the other's page has to show it from now on."""
        above = answer[: answer.index(text)]
        key = every("message", above)[-1]
        self.mine.append(key)
        self.environment.letters[self.me["peer"]].append((int(key), parent))

    def owed(self):
        """What the next answer must show, as [(markup, parent)]: arrived, and not here yet."""
        self.letters[:] = [letter for letter in self.letters if letter[0] > self.newest]
        return [(f'id="message-{key}"', parent) for key, parent in self.letters]

    # How it is asked

    def ask(self, action, address, form=None, target=None, expect=(), or_none=False):
        """The text of an answer that shows all of `expect`; `expect=None`: that has no content.

        `target`: the id of where htmx puts it, if it has one; None for a whole page. `or_none`: 204
        will do.
        """
        headers = {"Cookie": f"sessionid={self.me['session']}; csrftoken={self.me['token']}"}
        if target is not None:
            headers |= {"HX-Request": "true", "X-Made-For": str(self.me["pk"])}
            headers |= {"HX-Target": target} if target else {}
        body = None
        if form is not None:
            headers |= {
                "Origin": self.host,
                "X-CSRFToken": self.me["token"],
                "Content-Type": "application/x-www-form-urlencoded",
            }
            body = urlencode({**form, "made_for": self.me["pk"]})
        with self.client.request(
            "GET" if form is None else "POST",
            address,
            name=action,
            data=body,
            headers=headers,
            allow_redirects=False,
            catch_response=True,
        ) as answer:
            text, status = answer.text or "", answer.status_code
            is_empty = status == 204
            if expect is None or (or_none and is_empty):
                lacks = None if is_empty else "no 204"
            elif status != 200:
                lacks = "no 200"
            else:
                lacks = next((f"{words!r} is missing" for words in expect if words not in text), "")
            if lacks:
                answer.failure(f"{lacks} (status {status}, {address})")
                raise Wrong(action)
            answer.success()
        return text


def play(url, pairs, seconds):
    Person.host = url
    environment = Environment(user_classes=[Person])
    environment.people = [person for pair in pairs for person in pair]
    environment.letters, environment.texts = defaultdict(list), 0
    environment.errors, times = [], defaultdict(list)

    @environment.events.request.add_listener
    def note(name, response_time, exception, **rest):
        if exception:
            environment.errors.append(f"{name}: {exception}")
        times[name].append(response_time)

    @environment.events.user_error.add_listener
    def note_error(exception, **rest):
        environment.errors.append("".join(format_exception(exception)[-2:]))

    runner = environment.create_local_runner()
    number = len(environment.people)
    runner.start(number, spawn_rate=number / ARRIVE)
    gevent.sleep(ARRIVE + SETTLE)
    times.clear()
    began, cpu = time.monotonic(), time.process_time()
    gevent.sleep(seconds)
    took = time.monotonic() - began
    result = {
        "times": {name: list(taken) for name, taken in times.items()},
        "errors": list(environment.errors),
        "seconds": took,
        "cpu": (time.process_time() - cpu) / took,
    }
    runner.quit()
    return result


if __name__ == "__main__":
    json.dump(play(**json.load(sys.stdin)), sys.stdout)
