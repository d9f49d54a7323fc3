from messaging.views.accounts import (
    DeleteUserView,
    LoginView,
    LogoutView,
    PasswordChangeView,
    PasswordResetConfirmView,
    PasswordResetView,
    ProfileView,
    SignUpView,
    locked_out,
)
from messaging.views.changes import ConversationChangesView
from messaging.views.conversations import (
    ComposeView,
    ConversationFragmentView,
    ConversationListView,
    ConversationView,
    InboxView,
)
from messaging.views.errors import bad_request, forbidden, healthz, not_found, server_error
from messaging.views.kept import csrf_failure, made_for_another
from messaging.views.messages import (
    MessageEditView,
    MessageHistoryView,
    MessageView,
    RepliesView,
)
from messaging.views.notifications import NotificationListView, UnreadBadgeView
from messaging.views.readings import MessagesReadView, MessageUnreadView

delete_user = DeleteUserView.as_view()
