from messaging.models.conversation import Conversation, Participant
from messaging.models.message import Message, MessageHistory, StaleVersion
from messaging.models.notification import Notification
from messaging.models.session import Session
from messaging.models.user import User

__all__ = [
    "Conversation",
    "Message",
    "MessageHistory",
    "Notification",
    "Participant",
    "Session",
    "StaleVersion",
    "User",
]
