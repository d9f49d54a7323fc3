"""A large world to measure in: many people's ordinary threads, and among them a few extreme ones.

It keeps all that single sends keep, but writes its rows in batches, past the models. So nobody else
should write to the database meanwhile.
"""

from datetime import timedelta
from itertools import islice
from random import Random

from django.contrib.auth.hashers import make_password
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Max, OuterRef
from django.utils import timezone

from messaging.demo.play import PASSWORD
from messaging.models import (
    Conversation,
    Message,
    MessageHistory,
    Notification,
    Participant,
    User,
)

SIZES = {"small": 10_000, "medium": 1_000_000, "large": 10_000_000}  # ordinary messages
HOT = 100_000  # messages of each of the largest extreme shapes

# The people of the extreme shapes; those after them are ordinary.
CHATTERS = ("user00001", "user00002")  # have one very long conversation
FAMOUS = ("user00003", "user00004")  # have one message with very many direct replies
STUBBORN = ("user00005", "user00006")  # have one very deep chain of replies
DEBATERS = ("user00007", "user00008")  # have one long thread, of as many branches as any
SWAMPED = "user00009"  # has very many unread messages
EXTREME = 9

BATCH = 10_000
SPAN = timedelta(days=365)  # from the first message to the last
UNDER_WAY = 1_000  # ordinary threads that grow at the same time
LETTERS = 100  # that one writer sends to SWAMPED

SUBJECTS = (
    "The bakery", "My neighbour", "The last tram", "Our printer", "The choir", "The ferry", "A fox",
    "The kettle", "Your umbrella", "The library", "The night shift", "The new poster", "The ladder",
)  # fmt: skip
DEEDS = (
    "opens", "has moved", "is ready", "is late", "makes sense now", "needs a name", "sounds better",
    "is still missing", "was worth it", "came back", "fits through the door", "asks for you",
)  # fmt: skip
TIMES = (
    "tomorrow", "at seven", "since Monday", "before the rain", "after the rehearsal", "as always",
    "for once", "again", "if nobody minds", "according to the list", "on the second try",
)  # fmt: skip

COLUMNS = {
    Conversation: ("id", "version", "redrawn"),
    Participant: ("conversation_id", "user_id", "peer_id", "draft"),
    Message: (
        "id", "conversation_id", "sender_id", "receiver_id", "parent_message_id",
        "content", "timestamp", "edited", "read", "version",
    ),
    MessageHistory: ("message_id", "old_content", "edited_by_id", "edited_at", "version"),
    Notification: ("user_id", "message_id", "timestamp", "read"),
}  # fmt: skip


def exists():
    return User.objects.named(CHATTERS[0]).exists()


# Which earlier message of its thread a message answers


def the_first(said, random):
    return said[0] if said else None


def the_latest(said, random):
    return said[-1] if said else None


def rarely_any(said, random):
    return the_latest(said, random) if random.random() < 0.1 else None


def a_recent_one(said, random):
    recent = said[-3:] if random.random() < 0.7 else said
    return random.choice(recent) if recent else None


class Thread:
    """Two people who write by turns, each time in answer to an earlier message, or to none."""

    def __init__(self, conversation, people, answered, left=0, turns=0.8, read=True):
        self.conversation = conversation
        self.writer, self.reader = people
        self.answered = answered
        self.left = left  # messages that are still to come
        self.turns = turns  # how often the other one writes next
        self.read = read
        self.said = []

    def say(self, key, random):
        """Who writes the message of this key, to whom, and the key of the one that it answers."""
        writer, reader, parent = self.writer, self.reader, self.answered(self.said, random)
        self.said.append(key)
        if random.random() < self.turns:
            self.writer, self.reader = reader, writer
        return writer, reader, parent


class Crowd:
    """`Crowd(...).make(progress)` writes it, and tells `progress` how many messages there are."""

    def __init__(self, ordinary, hot, seed):
        self.random = Random(seed)  # noqa: S311
        self.chat = self.replies = hot
        self.depth = hot // 20
        self.unread = hot // 10
        self.debate = hot // 100
        self.people_count = EXTREME + max(100, ordinary // 100, (self.unread - 1) // LETTERS + 1)
        extreme = (
            self.chat + (1 + self.replies) + (1 + self.depth) + (1 + self.debate) + self.unread
        )
        self.total = ordinary + extreme
        self.texts = [self.text() for _ in range(5_000)]

    def make(self, progress):
        widen_page_cache()
        self.people = make_people(self.people_count)
        self.versions = []  # of each conversation; 0 where nothing was written yet
        self.first_conversation = next_key(Conversation)
        self.first_message = next_key(Message)
        self.step = SPAN / self.total
        self.start = timezone.now() - SPAN - timedelta(hours=1)
        self.rows = {model: [] for model in COLUMNS if model is not Message}
        numbered = enumerate(self.threads())
        try:
            for done in range(0, self.total, BATCH):
                self.write(islice(numbered, BATCH))
                progress(min(done + BATCH, self.total))
        finally:
            self.settle()

    # Who writes next

    def threads(self):
        """The thread of each message, `total` in all, the extreme ones spread over the whole."""
        extreme = [thread for thread in self.extreme_threads() for _ in range(thread.left)]
        self.random.shuffle(extreme)
        self.under_way = [None] * UNDER_WAY
        self.extreme_conversations = len(self.versions)
        for left in range(self.total, 0, -1):
            if self.random.random() * left < len(extreme):
                yield extreme.pop()
            else:
                yield self.ordinary_thread()

    def extreme_threads(self):
        people = self.people
        yield self.first_thread(people[0:2], rarely_any, self.chat)
        yield self.first_thread(people[2:4], the_first, 1 + self.replies)
        yield self.first_thread(people[4:6], the_latest, 1 + self.depth)
        yield self.first_thread(people[6:8], a_recent_one, 1 + self.debate)
        swamped, writers = people[8], iter(people[EXTREME:])
        for sent in range(0, self.unread, LETTERS):
            left = min(LETTERS, self.unread - sent)
            pair = next(writers), swamped
            yield self.first_thread(pair, rarely_any, left, turns=0, read=False)

    def first_thread(self, people, *args, **kwargs):
        self.versions.append(0)
        return Thread(len(self.versions) - 1, people, *args, **kwargs)

    def ordinary_thread(self):
        """One of those under way; where it has come to its end, another begins in its place."""
        slot = int(self.random.random() * UNDER_WAY)
        thread = self.under_way[slot]
        if not (thread and thread.left):
            thread = self.under_way[slot] = self.new_thread()
        thread.left -= 1
        return thread

    def new_thread(self):
        """In any ordinary conversation; about every fifth begins one."""
        begun = len(self.versions) - self.extreme_conversations
        number = min(begun, self.random.randrange(begun + begun // 4 + 1))
        if number == begun:
            self.versions.append(0)
        length = 1
        if self.random.random() > 0.45:
            length += 1 + int(self.random.expovariate(1 / 4))
        conversation = self.extreme_conversations + number
        return Thread(conversation, self.ordinary_pair(number), a_recent_one, length)

    def ordinary_pair(self, number):
        """Whose the ordinary conversation of this number is; never the same two for two numbers."""
        ordinary = self.people_count - EXTREME
        lap, person = divmod(number, ordinary)
        peer = (person + 1 + lap) % ordinary
        return self.people[EXTREME + person], self.people[EXTREME + peer]

    def text(self):
        choice = self.random.choice
        count = self.random.choice([1, 1, 1, 2, 2, 3, 5])
        return " ".join(
            f"{choice(SUBJECTS)} {choice(DEEDS)} {choice(TIMES)}." for _ in range(count)
        )

    # Rows

    @transaction.atomic
    def write(self, numbered):
        """Write these numbered threads' next messages, and the rows that come with them."""
        with connection.cursor() as cursor:
            skip_key_checks(cursor)
            # The database takes in one message while the next one is being made.
            insert(cursor, Message, (self.message(*each) for each in numbered))
            for model, rows in self.rows.items():
                insert(cursor, model, rows)
                rows.clear()
            for sql in connection.ops.sequence_reset_sql(no_style(), [Conversation, Message]):
                cursor.execute(sql)

    def message(self, number, thread):
        """Its row; those that hang on it wait in `rows`."""
        random = self.random.random
        key = self.first_message + number
        conversation = self.first_conversation + thread.conversation
        sender, receiver, parent = thread.say(key, self.random)
        content, old_content = self.random.choices(self.texts, k=2)
        sent_at = self.start + self.step * (number + random())
        time = for_database(sent_at)
        is_recent = number > 0.95 * self.total
        read = thread.read and random() < (0.4 if is_recent else 0.97)
        edited = random() < 0.03
        version = self.versions[thread.conversation] + (2 if edited else 1)

        rows = self.rows
        if not self.versions[thread.conversation]:
            rows[Conversation].append((conversation, version, 0))
            rows[Participant].append((conversation, sender, receiver, ""))
            rows[Participant].append((conversation, receiver, sender, ""))
        rows[Notification].append((receiver, key, time, read))
        if edited:
            edit_time = for_database(sent_at + timedelta(minutes=2))
            rows[MessageHistory].append((key, old_content, sender, edit_time, version))
        self.versions[thread.conversation] = version
        return key, conversation, sender, receiver, parent, content, time, edited, read, version

    @transaction.atomic
    def settle(self):
        """Let each conversation and its participants say what was written in it."""
        mine = Conversation.objects.filter(pk__gte=self.first_conversation)
        versions = Message.objects.filter(conversation=OuterRef("pk")).order_by("-version")
        mine.update(version=versions.values("version")[:1])
        Participant.objects.filter(conversation__gte=self.first_conversation).refresh_latest()


def make_people(count):
    """The keys of user00001 and all after it."""
    password = make_password(PASSWORD)
    keys = []
    for start in range(0, count, BATCH):
        numbers = range(start + 1, min(start + BATCH, count) + 1)
        people = [User(username=f"user{number:05d}", password=password) for number in numbers]
        keys += [person.pk for person in User.objects.bulk_create(people)]
    return keys


def next_key(model):
    return (model.objects.aggregate(newest=Max("pk"))["newest"] or 0) + 1


def for_database(moment):
    return connection.ops.adapt_datetimefield_value(moment)


def widen_page_cache():
    """With the 2 MB that are SQLite's own, it writes each page of each index over and over."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA cache_size = -256000")


def skip_key_checks(cursor):
    """Until the transaction ends; on PostgreSQL, where they take twice as long as the writing."""
    if connection.vendor == "postgresql":
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
        if cursor.fetchone()[0]:
            cursor.execute("SET LOCAL session_replication_role = replica")


def insert(cursor, model, rows):
    """Write rows as they are: by COPY where there is one, which is several times faster."""
    quote = connection.ops.quote_name
    table, columns = quote(model._meta.db_table), ", ".join(map(quote, COLUMNS[model]))
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join(["%s"] * len(COLUMNS[model]))
        cursor.executemany(f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows)  # noqa: S608
