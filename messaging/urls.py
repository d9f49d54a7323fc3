from django.contrib.auth.views import PasswordResetDoneView
from django.urls import path

from messaging import views

urlpatterns = [
    path("", views.InboxView.as_view(), name="inbox"),
    path("compose/", views.ComposeView.as_view(), name="compose"),
    # conversations/
    path("conversations/", views.ConversationListView.as_view(), name="conversations"),
    path("conversations/<username>/", views.ConversationView.as_view(), name="conversation"),
    path(
        "conversations/<username>/fragment/",
        views.ConversationFragmentView.as_view(),
        name="conversation-fragment",
    ),
    path(
        "conversations/<username>/changes/",
        views.ConversationChangesView.as_view(),
        name="conversation-changes",
    ),
    # messages/
    path("messages/read/", views.MessagesReadView.as_view(), name="messages-read"),
    path("messages/<int:pk>/", views.MessageView.as_view(), name="message"),
    path("messages/<int:pk>/replies/", views.RepliesView.as_view(), name="message-replies"),
    path("messages/<int:pk>/edit/", views.MessageEditView.as_view(), name="message-edit"),
    path("messages/<int:pk>/history/", views.MessageHistoryView.as_view(), name="message-history"),
    path("messages/<int:pk>/unread/", views.MessageUnreadView.as_view(), name="message-unread"),
    # what is new
    path("unread/", views.UnreadBadgeView.as_view(), name="unread-badge"),
    path("notifications/", views.NotificationListView.as_view(), name="notifications"),
    # account/
    path("account/", views.ProfileView.as_view(), name="profile"),
    path("account/delete/", views.delete_user, name="delete_user"),
    # accounts/
    path("accounts/signup/", views.SignUpView.as_view(), name="signup"),
    path("accounts/login/", views.LoginView.as_view(), name="login"),
    path("accounts/logout/", views.LogoutView.as_view(), name="logout"),
    path("accounts/password/change/", views.PasswordChangeView.as_view(), name="password_change"),
    path("accounts/password/reset/", views.PasswordResetView.as_view(), name="password_reset"),
    path(
        "accounts/password/reset/sent/",
        PasswordResetDoneView.as_view(),
        name="password_reset_done",
    ),
    path(
        "accounts/password/reset/<uidb64>/<token>/",
        views.PasswordResetConfirmView.as_view(),
        name="password_reset_confirm",
    ),
    # for the machine
    path("healthz", views.healthz, name="healthz"),
]
