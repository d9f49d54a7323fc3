"""Deleting an account: nothing about the person stays, nothing of anybody else goes."""

import tracemalloc

import pytest
from axes.models import AccessAttempt, AccessFailureLog, AccessLog
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.db import connection, models, transaction
from django.urls import reverse

from messaging.models import (
    Conversation,
    Message,
    MessageHistory,
    Notification,
    Participant,
    Session,
    User,
)
from tests.conftest import PASSWORD
from tests.html import shown_messages

# The person is told by a word that stands nowhere else, and by a key that looks like no other.
WORD, KEY = "canary", 987_654_321


# The person, and everything that can be known of one


@pytest.fixture
def canary(db):
    return User.objects.create_user(WORD, f"{WORD}@a.example", PASSWORD, pk=KEY, is_staff=True)


@pytest.fixture
def boss(db):
    return User.objects.create_superuser("boss", password=PASSWORD)


def hers():
    """The rows about the person, by model. A new model with text belongs here, or below."""
    return {
        User: User.objects.filter(pk=KEY),
        Message: Message.objects.filter(sender=KEY),
        MessageHistory: MessageHistory.objects.filter(message__sender=KEY),
        Participant: Participant.objects.filter(user=KEY),
        Session: Session.objects.filter(user_id=KEY),
        LogEntry: LogEntry.objects.filter(models.Q(user=KEY) | models.Q(object_id=KEY)),
        AccessAttempt: AccessAttempt.objects.filter(username__startswith=WORD),
        AccessFailureLog: AccessFailureLog.objects.filter(username=WORD),
        AccessLog: AccessLog.objects.filter(username=WORD),
    }


NOT_ABOUT_PEOPLE = {ContentType, Group, Permission}

# What would no longer do its work with another text in it.
OWN_TEXT = {
    (User, "email"),
    (User, "password"),
    (Session, "session_key"),
    (Session, "session_data"),
}
OWN_TEXT |= {(AccessAttempt, "username"), (LogEntry, "object_id")}


def text_columns(model):
    kinds = (models.CharField, models.TextField, models.JSONField, models.BinaryField)
    return [field.name for field in model._meta.concrete_fields if isinstance(field, kinds)]


def live(person, *others, browse, write):
    """What leaves traces: to write, to sign in, to fail to, to administer and be administered."""
    for other in others:
        first = write(person, other, f"{WORD} writes to {other.username}")
        first.edit(f"{WORD} writes again", version=first.version)
        reply = write(other, person, f"{other.username} answers {WORD}", to=first)
        reply.edit(f"{other.username} answers {WORD} again", version=reply.version, editor=person)
        write(person, other, to=reply)
    Message.objects.received_by(person).mark_read()

    browse(person).get(reverse("inbox"))
    for name in (person.username.upper(), person.email):
        attempt = {"username": name, "password": "a wrong one"}
        browse().post(reverse("login"), attempt, query_params={"next": f"/{name}/"})
    for kind in (AccessFailureLog, AccessLog):
        kind.objects.create(username=person.username_key, path_info="/")

    about = ContentType.objects.get_for_model(User)
    for user, row in ((person, others[0]), (others[0], person)):
        LogEntry.objects.create(
            user=user,
            content_type=about,
            object_id=row.pk,
            object_repr=str(row),
            action_flag=CHANGE,
        )


@pytest.fixture
def world(canary, bob, charlie, browse, write):
    """The person talks with bob and charlie, who talk with each other too; every text is hers."""
    live(canary, bob, charlie, browse=browse, write=write)
    for model, rows in hers().items():
        names = [name for name in text_columns(model) if (model, name) not in OWN_TEXT]
        keys = list(rows.values_list("pk", flat=True))
        assert keys, f"The person has no {model.__name__}"
        models.QuerySet(model).filter(pk__in=keys).update(**dict.fromkeys(names, WORD))


def rows():
    """Every row of every model, but for what signing in and failing to also change."""
    passing = {(User, "last_login"), (AccessAttempt, "get_data"), (AccessAttempt, "post_data")}
    return {
        model.__name__: set(
            models.QuerySet(model).values_list(
                *(
                    field.attname
                    for field in model._meta.concrete_fields
                    if (model, field.name) not in passing
                )
            )
        )
        for model in apps.get_models(include_auto_created=True)
    }


# Looking for traces


def traces():
    """Where the person's word or key stands: {(table, column)}. Every column of every table."""
    found = set()
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            for column in connection.introspection.get_table_description(cursor, table):
                name = connection.ops.quote_name(column.name)
                cursor.execute(
                    f"SELECT COUNT(*) FROM {connection.ops.quote_name(table)}"
                    f" WHERE LOWER(CAST({name} AS text)) LIKE %s OR CAST({name} AS text) LIKE %s",
                    [f"%{WORD}%", f"%{KEY}%"],
                )
                if cursor.fetchone()[0]:
                    found.add((table, column.name))
    for session in Session.objects.all():
        if any(str(trace) in str(session.get_decoded()) for trace in (WORD, KEY)):
            found.add(("sessions", "decoded"))
    return found


def cached():
    """Everything in the cache, keys and values, as bytes."""
    if hasattr(cache, "_cache") and isinstance(cache._cache, dict):
        return b"".join(key.encode() + value for key, value in cache._cache.items())
    redis = cache._cache.get_client(write=True)
    return b"".join(key + redis.get(key) for key in redis.scan_iter())


def test_every_text_that_can_be_about_a_person_is_looked_for():
    with_text = {
        model for model in apps.get_models(include_auto_created=True) if text_columns(model)
    }

    assert with_text == {*hers(), *NOT_ABOUT_PEOPLE}


def test_the_traces_of_a_person_are_found(world):
    expected = {
        (model._meta.db_table, model._meta.get_field(name).column)
        for model in hers()
        for name in text_columns(model)
        if (model, name) not in OWN_TEXT
    }
    keys = {
        ("messaging_user", "id"),
        ("messaging_user", "email"),
        ("messaging_message", "sender_id"),
        ("messaging_message", "receiver_id"),
        ("messaging_messagehistory", "edited_by_id"),
        ("messaging_participant", "user_id"),
        ("messaging_participant", "peer_id"),
        ("messaging_notification", "user_id"),
        ("messaging_session", "user_id"),
        ("django_admin_log", "user_id"),
        ("django_admin_log", "object_id"),
        ("axes_accessattempt", "username"),
        ("sessions", "decoded"),
    }

    assert traces() == expected | keys


# Every way of deleting an account


def delete_instance(browse, boss):
    User.objects.get(pk=KEY).delete()


def delete_queryset(browse, boss):
    User.objects.filter(pk=KEY).delete()


def delete_in_admin(browse, boss):
    address = reverse("admin:messaging_user_delete", args=[KEY])
    response = browse(boss).post(address, {"post": "yes"}, follow=True)
    assert response.status_code == 200


def delete_by_bulk_action_of_admin(browse, boss):
    form = {"action": "delete_selected", "_selected_action": KEY, "post": "yes"}
    response = browse(boss).post(reverse("admin:messaging_user_changelist"), form, follow=True)
    assert response.status_code == 200


WAYS = [delete_instance, delete_queryset, delete_in_admin, delete_by_bulk_action_of_admin]


@pytest.mark.parametrize("delete", WAYS)
def test_nothing_about_a_deleted_person_stays(world, browse, boss, delete):
    assert traces()

    delete(browse, boss)

    assert traces() == set()
    assert User.objects.filter(username__in=["bob", "charlie"]).count() == 2
    connection.check_constraints()


@pytest.mark.parametrize("delete", WAYS)
def test_nothing_of_anybody_else_goes(bob, charlie, boss, browse, write, request, delete):
    live(bob, charlie, browse=browse, write=write)
    before = rows()
    live(request.getfixturevalue("canary"), bob, charlie, browse=browse, write=write)
    meanwhile = rows()
    assert all(before[name] <= meanwhile[name] for name in before)
    assert len(meanwhile["Message"]) == 3 * len(before["Message"])

    delete(browse, boss)

    after = rows()
    after["Session"] &= before["Session"]  # without the one of the admin
    assert after == before


def test_others_are_not_known_to_have_been_on_their_way_to_a_deleted_person(bob, canary, browse):
    attempt = {"username": "bob", "password": "a wrong one", "next": f"/conversations/{WORD}/"}
    browse().post(reverse("login"), attempt, query_params={"next": f"/conversations/{WORD}/"})
    assert {("axes_accessattempt", "get_data"), ("axes_accessattempt", "post_data")} <= traces()

    canary.delete()

    assert traces() == set()
    assert AccessAttempt.objects.get().username == "bob"


@pytest.mark.parametrize("delete", WAYS)
def test_a_deleted_persons_words_leave_the_cache(
    canary, bob, write, browse, boss, visit, delete, django_capture_on_commit_callbacks
):
    write(canary, bob, "Chirp")
    assert shown_messages(visit(bob, "conversation", WORD)) == ["Chirp"]
    assert b"Chirp" in cached()

    with django_capture_on_commit_callbacks(execute=True):
        delete(browse, boss)

    assert b"Chirp" not in cached()
    assert WORD.encode() not in cached()


def test_a_deletion_that_is_rolled_back_leaves_all_as_it_was(world, canary):
    before = rows(), traces()

    with transaction.atomic():
        canary.delete()
        assert traces() == set()
        transaction.set_rollback(True)

    assert (rows(), traces()) == before


def test_a_deletion_that_fails_half_way_leaves_all_as_it_was(world, canary, monkeypatch):
    def fail(self):
        raise RuntimeError

    before = rows(), traces()
    monkeypatch.setattr(type(Notification.objects.all()), "delete", fail)
    with pytest.raises(RuntimeError), transaction.atomic():
        canary.delete()

    assert (rows(), traces()) == before


# What it means to the others


def test_the_sessions_of_a_deleted_person_end_and_no_others(canary, bob, browse):
    hers, his = browse(canary), browse(bob)
    assert hers.get(reverse("inbox")).status_code == 200

    canary.delete()

    assert hers.get(reverse("inbox")).status_code == 302
    assert his.get(reverse("inbox")).status_code == 200


def test_the_other_persons_replies_go_too(alice, bob, charlie, write):
    write(bob, alice, "Reply", to=write(alice, bob))
    stays = write(bob, charlie)

    alice.delete()

    assert Message.objects.get() == stays
    assert not bob.participations.filter(peer__username="alice").exists()
    assert [place.peer for place in bob.participations.listed()] == [charlie]


def test_history_that_a_deleted_person_wrote_elsewhere_stays_without_the_name(
    alice, bob, charlie, write
):
    message = write(bob, charlie, "First")
    message.edit("Second", version=message.version, editor=alice)

    alice.delete()

    history = message.history.get()
    assert history.old_content == "First"
    assert history.edited_by is None


def test_several_people_are_deleted_at_once(alice, bob, charlie, write):
    write(alice, bob)
    write(bob, charlie)
    dave = User.objects.create_user("dave")
    stays = write(charlie, dave)

    User.objects.filter(pk__in=[alice.pk, bob.pk]).delete()

    assert set(User.objects.all()) == {charlie, dave}
    assert Message.objects.get() == stays
    assert Conversation.objects.get() == stays.conversation
    connection.check_constraints()


def test_a_person_who_never_wrote_is_deleted_too(alice, bob):
    alice.delete()

    assert User.objects.get() == bob


# Cost


def write_many(sender, receiver, number):
    """As many messages as asked for, each edited once and replied to."""
    conversation = Conversation.objects.between(sender, receiver)
    start = 1_000_000
    messages = [
        Message(
            pk=start + n,
            sender=sender if n % 2 else receiver,
            receiver=receiver if n % 2 else sender,
            content=f"Message {n} " + "and so on " * 5,
            parent_message_id=start + n - 1 if n % 3 else None,
            conversation=conversation,
            version=1,
        )
        for n in range(number)
    ]
    models.QuerySet(Message).bulk_create(messages)
    Notification.objects.bulk_create(map(Notification.about, messages))
    MessageHistory.objects.bulk_create(
        MessageHistory(message=message, old_content="Before", edited_by=message.sender)
        for message in messages[::2]
    )
    conversation.participants.update(latest_message=messages[-1])


def test_twenty_thousand_messages_cost_hardly_more_than_two_thousand(
    bob, django_assert_max_num_queries
):
    def peak(number):
        """The memory that a deletion of so many messages takes at most."""
        person = User.objects.create_user(f"writer-of-{number}")
        write_many(person, bob, number)
        tracemalloc.start()
        with django_assert_max_num_queries(39):
            person.delete()
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert not Message.objects.exists()
        return most

    peak(10)  # what is loaded once
    few, many = peak(2_000), peak(20_000)

    assert many < 1.5 * few
