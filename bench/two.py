"""Whether two instances, each with a memory of its own, are one site: python -m bench.load --two

Pairs of people talk, several at once, and each request of a pair goes to the other instance than
the one before. So whatever was written on one is looked for on the other at once.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from itertools import cycle
from urllib.parse import urlencode, urlsplit

from bench.serving import NAMES, instances
from tests.html import badge_count, button, shown_message, shown_messages, soup
from tests.htmx import Tab, is_swapped

PAIRS = 8
ROUNDS = 6

NEWEST = "from bench.two import newest; print(newest())"
STORED = "import json; from bench.two import stored; print(json.dumps(stored(since)))"


class Broken(Exception):
    """Something that must hold does not."""


@dataclass
class Answer:
    site: str
    status_code: int
    headers: dict
    content: bytes


class Client:
    """Somebody signed in, whose requests go to the sites by turns; see `Tab`.

    `person`: pk, username, peer, session, token; `headers`: what a proxy would add.
    """

    def __init__(self, person, sites, headers):
        self.person, self.sites = person, sites
        self.headers = {
            "Cookie": f"sessionid={person['session']}; csrftoken={person['token']}",
            "X-CSRFToken": person["token"],
            "X-Made-For": str(person["pk"]),
            **headers,
        }

    def get(self, address, query=None, headers=None):
        return self.ask("GET", f"{address}?{urlencode(query)}" if query else address, None, headers)

    def post(self, address, form, headers=None):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", address, urlencode(form), {**kind, **(headers or {})})

    def ask(self, method, address, body, headers):
        site = next(self.sites)
        wire = HTTPConnection(urlsplit(site).netloc, timeout=60)
        wire.request(method, address, body, {**self.headers, **(headers or {})})
        answer = wire.getresponse()
        content = answer.read()
        wire.close()
        return Answer(site, answer.status, dict(answer.getheaders()), content)


class Person:
    """Has the conversation open in a tab, and knows what the badge has to say."""

    def __init__(self, person, sites, headers):
        self.pk, self.peer = person["pk"], person["peer"]
        self.client = Client(person, sites, headers)
        self.conversation = f"/conversations/{self.peer}/"
        self.tab = Tab(self.client, self.page(self.conversation))
        if button(self.tab.page, "Mark all as read"):
            self.tab.press("Mark all as read")
        self.ask_badge()
        self.elsewhere = int(badge_count(self.tab.page) or 0)  # unread, of other people
        self.unread = 0

    def page(self, address):
        return soup(self.look(address))

    def look(self, address):
        answer = self.client.get(address)
        if answer.status_code != 200:
            raise Broken(f"{answer.site}{address} answers {answer.status_code}")
        return answer

    def ask_badge(self):
        self.tab.ask(self.tab.page.find(id="unread-badge"))

    def expected_badge(self):
        return str(self.elsewhere + self.unread or "")


class Pair:
    """Two people who talk. `sites`: their addresses; `written`: what they were told is stored."""

    def __init__(self, one, other, sites, **headers):
        sites = cycle(sites)
        self.people = [Person(person, sites, headers) for person in (one, other)]
        self.written = []
        self.looks = [self.look_at_page, self.look_at_list, self.look_at_tab, self.look_at_badge]
        self.looked = 0

    def talk(self, rounds):
        for number in range(rounds):
            writer, reader = self.people[:: -1 if number % 2 else 1]
            letter = self.send(writer, reader, f"Round {number}: a letter")
            answer = self.reply(reader, writer, letter, f"Round {number}: an answer")
            self.edit(writer, reader, letter, f"Round {number}: a better letter")
            self.edit(reader, writer, answer, f"Round {number}: a better answer")
            self.read(writer)

    # What they write. Each is looked for at once, in every way, each time first in another one.

    def send(self, writer, reader, text):
        """A form that is sent twice at once, on both sites, and then once more."""
        tab = writer.tab
        tabs = [tab.again(), tab.again()]
        with ThreadPoolExecutor(len(tabs)) as threads:
            list(threads.map(lambda tab: tab.press("Send", content=text), tabs))
        tab.press("Send", content=text)
        for each in (*tabs, tab):
            self.acknowledged(each, text, "a form that was sent three times")
        return self.arrives(writer, reader, text, tab)

    def reply(self, writer, reader, letter, text):
        tab = writer.tab
        tab.press("Reply", within=shown_message(tab.page, letter["pk"]))
        place = tab.page.find(id=f"reply-{letter['pk']}")
        tab.press("Send", within=place, content=text)
        self.acknowledged(tab, text, "a reply")
        writer.unread = 0  # whoever answers has read
        return self.arrives(writer, reader, text, tab, above=letter)

    def arrives(self, writer, reader, text, tab, above=None):
        article, *others = [each for each in tab.page.select("article") if text in each.get_text()]
        if others:
            raise Broken(f"“{text}” is there {1 + len(others)} times")
        message = {
            "pk": int(article["id"].removeprefix("message-")),
            "sender": writer.pk,
            "receiver": reader.pk,
            "content": text,
            "history": [],
            "above": above,
        }
        self.written.append(message)
        reader.unread += 1
        self.is_seen(reader, message, "a reply" if above else "a message")
        return message

    def edit(self, writer, reader, message, text):
        tab = writer.tab
        tab.press("Edit", within=shown_message(tab.page, message["pk"]))
        form = shown_message(tab.page, message["pk"])
        tab.press("Save", within=form, content=text)
        self.acknowledged(tab, text, "an edit")
        message["history"].append(message["content"])
        message["content"] = text
        self.is_seen(reader, message, "an edit")

    def read(self, reader):
        if not reader.unread:
            return
        answer = reader.tab.press("Mark all as read")
        if not is_swapped(answer):
            raise Broken(f"{answer.site} refuses to mark as read: {answer.status_code}")
        reader.unread = 0
        looks = [self.look_at_badge, self.nothing_is_new]
        for look in looks[:: -1 if len(self.written) % 4 else 1]:
            self.looked += 1
            look(reader, None, f"reading, on {answer.site}")

    def acknowledged(self, tab, text, what):
        answer = tab.response
        if not is_swapped(answer) or answer.status_code != 200:
            raise Broken(f"{answer.site} refuses {what}: {answer.status_code}")
        if text not in shown_messages(tab.page):
            raise Broken(f"{answer.site} takes {what}, and its answer does not show it")

    # Where it is looked for

    def is_seen(self, reader, message, what):
        writer = next(person for person in self.people if person is not reader)
        after = f"{what}, on {writer.tab.response.site}"
        self.looks.append(self.looks.pop(0))
        for look in self.looks:
            self.looked += 1
            look(reader, message, after)

    def look_at_page(self, reader, message, after):
        address = f"/messages/{message['pk']}/" if message["above"] else reader.conversation
        answer = reader.look(address)
        self.shows(soup(answer), message, after, answer)

    def look_at_list(self, reader, message, after):
        """The part that is stored by the cache; a reply stands in its thread instead."""
        above = message["above"]
        address = (
            f"/messages/{above['pk']}/replies/" if above else f"{reader.conversation}fragment/"
        )
        answer = reader.look(address)
        self.shows(soup(answer), message, after, answer)

    def look_at_tab(self, reader, message, after):
        answer = reader.tab.poll()
        self.shows(reader.tab.page, message, after, answer)

    def look_at_badge(self, reader, message, after):
        reader.ask_badge()
        shown, site = badge_count(reader.tab.page), reader.tab.response.site
        if shown != reader.expected_badge():
            expected = reader.expected_badge()
            raise Broken(f"after {after}, the badge of {site} says {shown!r}, not {expected!r}")

    def nothing_is_new(self, reader, message, after):
        answer = reader.look(reader.conversation)
        page = soup(answer)
        if button(page, "Mark all as read") or page.select("article .new"):
            raise Broken(f"after {after}, the page of {answer.site} shows something as new")

    def shows(self, page, message, after, answer):
        article = shown_message(page, message["pk"])
        if not article or message["content"] not in shown_messages(article.parent):
            raise Broken(f"after {after}, {answer.site} answers without “{message['content']}”")


# What is stored at the end


def newest():
    from messaging.models import Message

    return Message.objects.latest("pk").pk


def stored(since):
    """Every message after that of this key, as the database has it."""
    from messaging.models import Message

    return [
        {
            "sender": message.sender_id,
            "receiver": message.receiver_id,
            "content": message.content,
            "history": list(message.history.values_list("old_content", flat=True)),
            "notified": list(message.notifications.values_list("user_id", flat=True)),
        }
        for message in Message.objects.filter(pk__gt=since)
    ]


def differences(rows, written):
    """In words, where the rows are not exactly what was acknowledged."""
    expected = [
        {name: message[name] for name in ("sender", "receiver", "content", "history")}
        | {"notified": [message["receiver"]]}
        for message in written
    ]
    lost = [message for message in expected if message not in rows]
    extra = list(rows)
    for message in expected:
        if message in extra:
            extra.remove(message)
    return [
        *(f"not stored as it was acknowledged: {message}" for message in lost),
        *(f"stored, and never acknowledged so, or twice: {message}" for message in extra),
    ]


def talk(pair):
    try:
        pair.talk(ROUNDS)
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    return None


def check(database):
    """What does not hold, in words."""
    with instances(database, people=2 * PAIRS, number=2, workers=1) as sites:
        since = int(sites[0].run(NEWEST))
        urls = [site.url for site in sites]
        pairs = [Pair(*people, urls) for people in sites[0].pairs(2 * PAIRS)]
        with ThreadPoolExecutor(PAIRS) as threads:
            broken = [words for words in threads.map(talk, pairs) if words]
        rows = json.loads(sites[1].run(STORED, since=since))
    written = [message for pair in pairs for message in pair.written]
    edits = sum(len(message["history"]) for message in written)
    looks = sum(pair.looked for pair in pairs)
    print(
        f"{NAMES[database]}, two instances: {PAIRS} pairs wrote {len(written)} messages, half of "
        f"them three times, made {edits} edits and looked {looks:,} times"
    )
    return [*broken, *differences(rows, written)]


def main(databases):
    broken = []
    for database in databases:
        found = check(database)
        broken += found
        for words in found:
            print(f"  {words}")
    print(f"FAIL: {len(broken)} faults" if broken else "PASS: nothing old, lost or twice")
    return 1 if broken else 0
