"""Two processes, each with a cache of its own, are one site to those who meet them by turns."""

from bench.two import Pair, differences, newest, stored
from tests.process import processes

BEHIND_TLS = {"Host": "127.0.0.1", "Origin": "https://127.0.0.1", "X-Forwarded-Proto": "https"}


def test_what_one_takes_the_other_shows_at_once(transactional_db, alice, bob, browse, write):
    write(alice, bob)
    since = newest()

    def signed_in(person, peer):
        session = browse(person).cookies["sessionid"].value
        return {"pk": person.pk, "peer": peer.username, "session": session, "token": "t" * 32}

    with processes(2) as both:
        people = signed_in(alice, bob), signed_in(bob, alice)
        pair = Pair(*people, [process.url for process in both], **BEHIND_TLS)
        pair.talk(rounds=2)

    assert differences(stored(since), pair.written) == []
