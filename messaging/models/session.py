from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models


class Session(AbstractBaseSession):
    """A sign-in, with the person it belongs to in a column of its own.

    Django's session table names the person only inside its encoded text; finding one person's
    sessions there means reading everybody's.
    """

    user_id = models.PositiveBigIntegerField(null=True, db_index=True)

    @classmethod
    def get_session_store_class(cls):
        from messaging.sessions import SessionStore

        return SessionStore
