"""How little the site asks of a slow line."""

import pytest

from tests.browser.site import PROJECT

THIRTY_TEXTS = (PROJECT / "messaging/demo/alice-and-bob.txt").read_text().split("\n\n")[:30]


@pytest.mark.parametrize(("kind", "limit"), [("js", 10_000), ("css", 30_000)])
def test_what_is_written_for_the_site_stays_small(kind, limit):
    sizes = [file.stat().st_size for file in (PROJECT / "static").rglob(f"*.{kind}")]
    assert 0 < sum(sizes) < limit


def test_a_conversation_is_light_and_comes_from_one_place(member, base_url):
    alice, bob = member("Alice"), member("Bob", javascript=True)
    alice.writes_to(bob, THIRTY_TEXTS[0])
    alice.posts_all(THIRTY_TEXTS[1:])

    asked, received = traffic_of(bob.page)
    bob.visits("conversation", alice.username)
    bob.page.wait_for_load_state("networkidle")

    assert bob.page.get_by_role("article").count() == 30
    assert {address.rsplit(".")[-1] for address in asked.values()} >= {"css", "js"}
    assert [address for address in asked.values() if not address.startswith(base_url)] == []
    assert received.keys() == asked.keys()
    assert sum(received.values()) < 60_000


def traffic_of(page):
    """What a page asks for from now on, {id: address}, and what it receives, {id: bytes}."""
    asked, received = {}, {}

    def on_request(event):
        asked[event["requestId"]] = event["request"]["url"]

    def on_finished(event):
        received[event["requestId"]] = event["encodedDataLength"]

    devtools = page.context.new_cdp_session(page)
    devtools.on("Network.requestWillBeSent", on_request)
    devtools.on("Network.loadingFinished", on_finished)
    devtools.send("Network.enable")
    devtools.send("Network.setCacheDisabled", {"cacheDisabled": True})
    return asked, received
