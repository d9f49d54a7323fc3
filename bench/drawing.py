"""What it costs to draw a message, in microseconds: the best of many times."""

import time

from django.template.loader import get_template

from messaging.display import present
from messaging.models import Message
from messaging.threads import fetch_replies

TIMES = 200


def drawing(stage):
    """{"nested": by the template that includes itself, "flat": the same messages in a loop,
    "message": one message with all that is prepared for it, "filters": by the usual filters}
    """
    viewer = stage.debater.user
    top = Message.objects.for_display().get(pk=stage.top_of(stage.debater).pk)
    messages = [top, *fetch_replies(top)]
    present(messages, viewer)
    nested, flat, one, filters = map(
        get_template,
        ("partials/thread.html", "bench/flat.html", "bench/messages.html", "bench/filters.html"),
    )
    each = 1_000_000 / len(messages)
    prepared = best(lambda: present_anew(messages, viewer))
    return {
        "nested": each * best(lambda: nested.render({"message": top})),
        "flat": each * best(lambda: flat.render({"messages": messages})),
        "message": each * (prepared + best(lambda: one.render({"messages": messages}))),
        "filters": each * best(lambda: filters.render({"messages": messages})),
    }


def present_anew(messages, viewer):
    for message in messages:
        vars(message).pop("html", None)
    present(messages, viewer)


def best(do):
    return min(timed(do) for _ in range(TIMES))


def timed(do):
    began = time.perf_counter()
    do()
    return time.perf_counter() - began
