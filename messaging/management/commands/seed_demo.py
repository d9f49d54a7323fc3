from time import monotonic

from django.core.management.base import BaseCommand, CommandError

from messaging.demo import crowd, play


class Command(BaseCommand):
    help = (
        "Make the demo world: alice, bob and charlie, and what they wrote to each other. "
        "With --size, also a large one to measure in, for a database that nobody uses meanwhile. "
        "What is there already is left alone."
    )

    def add_arguments(self, parser):
        parser.add_argument("--size", choices=crowd.SIZES, help="make a large world too")
        parser.add_argument("--seed", type=int, default=1, help="the same one, the same world")
        parser.add_argument("--messages", type=int, help="ordinary ones, instead of the size's own")
        parser.add_argument(
            "--hot",
            type=int,
            default=crowd.HOT,
            help="messages of a largest thread or conversation",
        )

    def handle(self, *, size, seed, messages, hot, **options):
        if hot < 1 or (messages or 0) < 0:
            raise CommandError("--hot takes 1 or more, --messages 0 or more.")
        if size and crowd.exists():
            raise CommandError(
                f"A large world is here already ({crowd.CHATTERS[0]} and others). Nothing was "
                "changed: make the next one in a new database."
            )
        self.perform_play()
        if size:
            ordinary = crowd.SIZES[size] if messages is None else messages
            self.make_crowd(crowd.Crowd(ordinary, hot, seed))

    def perform_play(self):
        taken = play.taken_names()
        if not taken:
            self.stdout.write(f"The demo world is made: 3 people, {play.perform()} messages.")
        elif any(taken.values()):
            self.stdout.write("The demo world is here already. Nothing was changed.")
        else:
            self.stdout.write(
                f"No demo world: somebody else here is called {in_words(taken, 'or')}. "
                "Nothing was changed."
            )
            return
        names = [name for name, is_demo in taken.items() if is_demo] or list(play.PEOPLE)
        self.stdout.write(f"Sign in as {in_words(names, 'or')}, password {play.PASSWORD}")

    def make_crowd(self, world):
        progress = Progress(world.total, self.stderr)
        world.make(progress)
        self.stdout.write(
            f"A large world is made: {world.people_count:,} people, {world.total:,} messages.\n"
            f"  {in_words(crowd.CHATTERS, 'and')}: a conversation of {world.chat:,} messages\n"
            f"  {in_words(crowd.FAMOUS, 'and')}: a message with {world.replies:,} direct replies\n"
            f"  {in_words(crowd.STUBBORN, 'and')}: a chain of replies, {world.depth:,} deep\n"
            f"  {crowd.SWAMPED}: {world.unread:,} unread messages\n"
            f"All have the password {play.PASSWORD}"
        )


class Progress:
    """How far a long work is, on stderr: a bar on a terminal, elsewhere a line per tenth."""

    def __init__(self, total, stream):
        self.total, self.stream = total, stream
        self.percent, self.began = 0, monotonic()

    def __call__(self, done):
        percent, before = 100 * done // self.total, self.percent
        self.percent = percent
        pace = f"{percent:3}%  {done / (monotonic() - self.began):,.0f} messages/s"
        if self.stream.isatty():
            end = "\n" if done == self.total else ""
            self.stream.write(f"\r[{'#' * (percent // 2):50}] {pace} ", str, end)
        elif percent // 10 > before // 10:
            self.stream.write(pace)


def in_words(names, conjunction):
    *others, last = names
    return f"{', '.join(others)} {conjunction} {last}" if others else last
