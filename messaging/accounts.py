"""Who may join, and who is trying to sign in."""

from datetime import timedelta

from axes.utils import reset
from django.conf import settings
from django.core import signing
from django.urls import reverse

from messaging.models.user import fold

VALID_FOR = timedelta(days=7)
ATTEMPTED = 255  # letters of a name that the table of failed sign-ins has room for
SIGNER = signing.TimestampSigner(salt="messaging.invitation")


def invitation_link():
    """An address at which whoever has it may sign up, for VALID_FOR."""
    return f"{settings.SITE_URL}{reverse('signup')}?invitation={SIGNER.sign('join')}"


def may_join(invitation):
    """Whether sign-up is open to somebody with this invitation, which may be empty or false."""
    if settings.SIGNUP == "open":
        return True
    try:
        return SIGNER.unsign(invitation, max_age=VALID_FOR) == "join"
    except signing.BadSignature:
        return False


def attempted_username(request, credentials=None):
    """The name that a failed sign-in counts against, however it was capitalised."""
    return fold((credentials or request.POST).get("username", ""))[:ATTEMPTED]


def client_address(request):
    """Where a failed sign-in came from: behind a trusted proxy, the address that it saw."""
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.HTTPS else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR")


def forgive(user):
    """Forget the failed sign-ins of somebody who has shown by other means who they are."""
    reset(username=user.username_key[:ATTEMPTED])
