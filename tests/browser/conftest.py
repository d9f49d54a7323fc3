"""A real site, and people with a real browser each: `site`, `person`, `member`."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser import chromium
from tests.browser.people import PASSWORD, Somebody
from tests.browser.site import Site


def pytest_itemcollected(item):
    item.add_marker("browser")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.skipped:  # a story that nobody lives is a story that is missing
        report.outcome = "failed"
    if report.failed and isinstance(site := item.funcargs.get("site"), Site):
        lines = [line for line in site.log.read_text().splitlines() if "/static/" not in line]
        report.sections.append(("the site's log", "\n".join(lines[-30:])))
    return report


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args, browser_type):
    path = chromium.executable(browser_type)
    if not path:
        pytest.fail(chromium.MISSING)
    return {
        **browser_type_launch_args,
        "executable_path": path,
        # What people find when they go back is a page that was kept, where the site allows it.
        "ignore_default_args": ["--disable-back-forward-cache"],
        "args": [
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
        ],
    }


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    site = Site(tmp_path_factory.mktemp("site"))
    yield site
    site.stop()


@pytest.fixture(scope="session")
def base_url(site):
    return site.url


expect.set_options(timeout=15_000)  # what the other one does shows after a poll or two

STILL = {"reduced_motion": "reduce"}  # moving from page to page takes its time otherwise

NOTHING = re.compile(r"(?!)")

# What browser and htmx say there of what `on_response` sees, of a piece whose place is on another
# page, and of a poll that gave way to what its reader sent.
HARMLESS = re.compile(
    "the server responded with a status of|^Response Status Error"
    "|^htmx:(oobErrorNoTarget|afterRequest|sendAbort)"
)

# Where scripts are blocked, the browser alone says so.
SAY_VIOLATIONS = """addEventListener("securitypolicyviolation", violation => console.error(
    `against the policy: ${violation.effectiveDirective} ${violation.blockedURI}`))"""

HASH = """
from django.contrib.auth.hashers import make_password

print(make_password(password))
"""

SIGN_UP = """
from django.test import Client
from messaging.models import User

user = User.objects.create(username=username, display_name=name, password=password)
client = Client()
client.force_login(user)
print(client.cookies["sessionid"].value)
"""

SEND = """
from messaging.models import Message, User

sender, receiver = (User.objects.get(username=name) for name in (sender, receiver))
print(Message.objects.create(sender=sender, receiver=receiver, content=content).pk)
"""


class Person:
    """Somebody with a browser of their own.

    What the browser complains about, what goes against the page's Content-Security-Policy or asks
    another site, fails the test at its end. What the site refuses (400 to 499) does not: tests
    provoke it, as they may provoke what matches the pattern `provoked`.
    """

    def __init__(self, context, home, provoked):
        self.home = home
        self.provoked = provoked
        self.complaints = []
        self.refusals = []
        context.on("console", self.on_console)
        context.on("weberror", lambda error: self.complain(f"exception: {error.error}"))
        context.on("request", self.on_request)
        context.on("requestfailed", self.on_request_failed)
        context.on("response", self.on_response)
        context.add_init_script(SAY_VIOLATIONS)
        context.set_default_timeout(30_000)
        self.context = context
        self.page = context.new_page()

    def complain(self, complaint):
        if not self.provoked.search(complaint):
            self.complaints.append(complaint)

    def on_console(self, message):
        if message.type == "error" and not HARMLESS.search(message.text):
            self.complain(f"console: {message.text}")

    def on_request(self, request):
        if not request.url.startswith((self.home, "data:")):
            self.complain(f"another site: {request.method} {request.url}")

    def on_request_failed(self, request):
        # Leaving a page aborts what it was still loading.
        if request.failure != "net::ERR_ABORTED":
            self.complain(f"{request.failure}: {request.method} {request.url}")

    def on_response(self, response):
        if response.status >= 400:
            notes = self.refusals.append if response.status < 500 else self.complain
            notes(f"{response.status}: {response.request.method} {response.url}")


@pytest.fixture
def person(new_context, base_url):
    """Makes people: `alice = person()`; `person(javascript=True)` has scripts on."""
    people = []

    def make(javascript=False, provoked=NOTHING, **options):
        context = new_context(java_script_enabled=javascript, **{**STILL, **options})
        people.append(Person(context, base_url, provoked))
        return people[-1]

    yield make
    complaints = [complaint for someone in people for complaint in someone.complaints]
    assert not complaints, "\n".join(complaints)


@pytest.fixture
def javascript():
    """Whether scripts run, where a test does not say it of somebody."""
    return False


@pytest.fixture
def newcomer(person, javascript):
    """Makes people with a name and a user name of their own: `alice = newcomer("Alice")`."""

    def make(name, username=None, **options):
        options = {"javascript": javascript, **options}
        return Somebody(name, person(**options).page, username)

    return make


@pytest.fixture(scope="session")
def hashed(site):
    """The password of all members, hashed once: that takes its time."""
    return site.run(HASH, password=PASSWORD).strip()


@pytest.fixture
def member(newcomer, site, hashed, base_url):
    """Makes people who have signed up, and look at their inbox: `alice = member("Alice")`."""

    def make(name, **options):
        member = newcomer(name, **options)
        session = site.run(SIGN_UP, username=member.username, name=name, password=hashed).strip()
        member.page.context.add_cookies([{"name": "sessionid", "value": session, "url": base_url}])
        member.visits("inbox")
        return member

    return make


@pytest.fixture
def wrote(site):
    """What one wrote to the other earlier: `wrote(alice, bob, "Hello.")`. Returns its key."""

    def wrote(sender, receiver, content):
        people = {"sender": sender.username, "receiver": receiver.username}
        return int(site.run(SEND, content=content, **people))

    return wrote


@pytest.fixture
def alice(member):
    return member("Alice")


@pytest.fixture
def bob(member):
    return member("Bob")
