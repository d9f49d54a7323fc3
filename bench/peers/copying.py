"""Gives the peers the messages of the site, under the same keys."""

from collections import defaultdict

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Q
from postman.models import Message as PostmanMessage

from bench.peers.models import MpttMessage, TreebeardMessage, TreeQueriesMessage
from messaging.demo import crowd
from messaging.models import Message, User

MODELS = PostmanMessage, MpttMessage, TreebeardMessage, TreeQueriesMessage
ORDINARY = 10_000  # messages in the trees, beside the long thread
BATCH = 1_000
EXTREME = *crowd.CHATTERS, *crowd.FAMOUS, *crowd.STUBBORN, *crowd.DEBATERS, crowd.SWAMPED

# As postman has it, a message alone is of no thread, and the first of a thread is of its own.
COPY_TO_POSTMAN = """
WITH RECURSIVE tree (id, top) AS (
    SELECT id, id FROM messaging_message WHERE parent_message_id IS NULL
    UNION ALL
    SELECT reply.id, tree.top
    FROM tree JOIN messaging_message reply ON reply.parent_message_id = tree.id
)
INSERT INTO postman_message (
    id, sender_id, recipient_id, subject, body, email, parent_id, thread_id, sent_at, read_at,
    sender_archived, recipient_archived, moderation_status, moderation_reason
)
SELECT
    message.id, sender_id, receiver_id, substr(content, 1, 40), content, '', parent_message_id,
    CASE WHEN parent_message_id IS NOT NULL OR EXISTS (
        SELECT 1 FROM messaging_message reply WHERE reply.parent_message_id = message.id
    ) THEN top END,
    timestamp, CASE WHEN read THEN timestamp END,
    FALSE, FALSE, 'a', ''
FROM tree JOIN messaging_message message ON message.id = tree.id
ORDER BY message.id
"""


def prepare():
    """Make the tables of the peers and fill them; where they are there, that was done before.

    postman gets every message. The trees get the one long thread and the first 10,000 ordinary
    messages: a chain 5,000 deep fits no path of treebeard, and nested intervals or recursive
    queries over a million messages measure nothing but that they are many.
    """
    if PostmanMessage._meta.db_table in connection.introspection.table_names():
        return
    crowd.widen_page_cache()
    # It adds keys and indexes when it is left, which is faster than to write with them.
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
        with connection.cursor() as cursor:
            copy_to_postman(cursor)
        plant([*debate(), *ordinary_messages()])
    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), MODELS):
            cursor.execute(sql)
        for model in MODELS:
            cursor.execute(f"ANALYZE {model._meta.db_table}")


def copy_to_postman(cursor):
    if connection.vendor == "postgresql":
        # Or it reads the whole table again for each of 5,000 levels.
        cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    cursor.execute(COPY_TO_POSTMAN)
    if connection.vendor == "postgresql":
        cursor.execute("RESET enable_hashjoin; RESET enable_mergejoin")


# Trees


def debate():
    """The messages of the one long thread."""
    people = list(User.objects.filter(username__in=crowd.DEBATERS))
    return Message.objects.filter(sender__in=people, receiver__in=people).order_by("pk")


def ordinary_messages():
    """The first ones. What they answer is older, and so among them."""
    people = list(User.objects.filter(username__in=EXTREME))
    extreme = Q(sender__in=people) | Q(receiver__in=people)
    return Message.objects.exclude(extreme).order_by("pk")[:ORDINARY]


def plant(messages):
    """Write these messages as trees, with the places that the libraries would find one by one."""
    replies = defaultdict(list)
    for message in messages:
        message.replies_here = replies[message.pk]
        replies[message.parent_message_id].append(message)
    for number, top in enumerate(replies[None], 1):
        find_place(top, number, number)

    write(MpttMessage, messages, mptt_place)
    write(TreebeardMessage, messages, treebeard_place)
    write(TreeQueriesMessage, messages, tree_queries_place)


def find_place(message, tree, position, above="", left=1):
    """Number a message and all below it. Returns its right end, the last number used."""
    level = len(above) // TreebeardMessage.steplen
    message.tree, message.level, message.left = tree, level, left
    message.path = TreebeardMessage._get_path(above, level + 1, position)
    message.right = left + 1
    for position, reply in enumerate(message.replies_here, 1):
        message.right = 1 + find_place(reply, tree, position, message.path, message.right)
    return message.right


def mptt_place(message):
    return {
        "parent_id": message.parent_message_id,
        "tree_id": message.tree,
        "level": message.level,
        "lft": message.left,
        "rght": message.right,
    }


def treebeard_place(message):
    return {
        "path": message.path,
        "depth": message.level + 1,
        "numchild": len(message.replies_here),
    }


def tree_queries_place(message):
    return {"parent_id": message.parent_message_id}


def write(model, messages, place):
    rows = (
        model(
            pk=message.pk,
            sender_id=message.sender_id,
            content=message.content,
            timestamp=message.timestamp,
            **place(message),
        )
        for message in messages
    )
    model.objects.bulk_create(rows, batch_size=BATCH)
