from django.core.management.base import BaseCommand

from messaging.sessions import SessionStore


class Command(BaseCommand):
    help = "Remove the sign-ins that have expired."

    def handle(self, **options):
        SessionStore.clear_expired()
