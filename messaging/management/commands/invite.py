from django.core.management.base import BaseCommand

from messaging.accounts import VALID_FOR, invitation_link


class Command(BaseCommand):
    help = "Print a sign-up link that works for seven days, also while sign-up is closed."

    def handle(self, **options):
        self.stdout.write(invitation_link())
        self.stderr.write(f"Whoever has this link may join, for {VALID_FOR.days} days.")
