"""What holds for every answer of the site."""

import pytest
from django.urls import reverse
from django.utils import timezone

from messaging.middleware import reader_time_zone
from messaging.models import User
from tests.html import heading

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
}


def directives(header):
    return {directive.strip() for directive in header.split(";") if directive.strip()}


def test_nothing_is_stored_by_a_browser_or_on_the_way(every_response):
    for name, response in every_response.items():
        assert {"private", "no-store"} <= set(response["Cache-Control"].split(", ")), name
        assert "public" not in response["Cache-Control"], name
        assert "Age" not in response, name


def test_nothing_is_found_by_search_engines(every_response, every_page):
    for name, response in every_response.items():
        assert response["X-Robots-Tag"] == "noindex, nofollow", name
    for name, page in every_page.items():
        assert page.find("meta", {"name": "robots"})["content"] == "noindex, nofollow", name


def test_only_files_of_the_site_are_loaded(every_response):
    for name, response in every_response.items():
        assert directives(response["Content-Security-Policy"]) == POLICY, name


def test_no_page_needs_what_the_policy_forbids(every_page):
    for name, page in every_page.items():
        assert page.select("style, [style], script:not([src])") == [], name
        assert not [a for tag in page.find_all() for a in tag.attrs if a.startswith("on")], name
        assert page.select("[href^='javascript:'], iframe, object, embed, base") == [], name


def test_every_file_that_a_page_loads_is_of_the_site(every_page):
    for name, page in every_page.items():
        files = [tag.get("src") or tag.get("href") for tag in page.select("link, script, img")]
        assert files, name
        assert all(file.startswith("/static/") for file in files), name


def test_no_other_site_is_told_where_one_was_or_may_frame_it(every_response):
    for name, response in every_response.items():
        assert response["Referrer-Policy"] == "same-origin", name
        assert response["X-Frame-Options"] == "DENY", name
        assert response["X-Content-Type-Options"] == "nosniff", name


@pytest.mark.parametrize("address", ["/healthz", "/unread/", "/nowhere/", "/conversations/x/"])
def test_answers_without_a_page_are_as_private(address, alice, browse):
    response = browse(alice).get(address)

    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Robots-Tag"] == "noindex, nofollow"
    assert directives(response["Content-Security-Policy"]) == POLICY


def test_redirects_are_as_private(db, client):
    response = client.get("/")

    assert response.status_code == 302
    assert response["Cache-Control"] == "private, no-store"


def test_cookies_are_not_for_scripts_or_other_sites(alice, client):
    client.post(reverse("login"), {"username": "alice", "password": "correct horse battery"})

    session = client.cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"


# The time zone of the reader


@pytest.fixture
def zone_for(rf):
    """The name of the time zone in which the request of somebody is answered."""

    def zone_for(person):
        request = rf.get("/")
        request.user = person
        return reader_time_zone(lambda request: timezone.get_current_timezone_name())(request)

    return zone_for


def test_a_reader_has_a_zone_and_the_next_one_another(alice, bob, zone_for):
    alice.time_zone = "Asia/Tokyo"

    assert zone_for(alice) == "Asia/Tokyo"
    assert zone_for(bob) == "UTC"


def test_the_zone_ends_with_the_request(alice, zone_for):
    alice.time_zone = "Asia/Tokyo"

    zone_for(alice)

    assert timezone.get_current_timezone_name() == "UTC"


# For whom a page was made


@pytest.mark.parametrize("owner", ["", None])
def test_a_form_that_does_not_say_for_whom_is_taken(owner, alice, bob, submit):
    fields = {} if owner is None else {"made_for": owner}

    assert submit(alice, "compose", receiver="bob", content="Hi", **fields).status_code == 303


def test_only_writing_asks_for_whom_a_page_was_made(alice, bob, browse):
    headers = {"X-Made-For": str(bob.pk)}

    assert browse(alice).get("/", headers=headers).status_code == 200
    assert browse(alice).post("/notifications/", headers=headers).status_code == 409


def test_a_time_zone_that_this_machine_does_not_know_is_the_site_s(alice, visit):
    User.objects.filter(pk=alice.pk).update(time_zone="Europe/Atlantis")

    assert heading(visit(alice, "inbox")) == "Unread"
