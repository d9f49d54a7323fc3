from django.apps import AppConfig
from django.db.models import DO_NOTHING


class PeersConfig(AppConfig):
    name = "bench.peers"

    def ready(self):
        """Nobody's account hangs on postman, or its removal would wait for postman's messages."""
        from postman.models import Message

        from messaging.models import User

        for field in Message._meta.fields:
            if field.related_model is User:
                field.remote_field.on_delete = DO_NOTHING
                field.db_constraint = False
