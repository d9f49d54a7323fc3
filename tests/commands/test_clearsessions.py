from datetime import timedelta

from django.core.management import call_command
from django.utils import timezone

from messaging.models import Session


def test_expired_sign_ins_go_and_others_stay(alice, browse):
    expired, current = browse(alice), browse(alice)
    yesterday = timezone.now() - timedelta(days=1)
    Session.objects.filter(pk=expired.session.session_key).update(expire_date=yesterday)

    call_command("clearsessions")

    assert [session.pk for session in Session.objects.all()] == [current.session.session_key]
