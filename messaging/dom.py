from django.utils.safestring import SafeString

PARTS = ("message", "history", "replies", "summary", "thread", "reply")


def dom_id(record, part="message"):
    """The id on the page of a message or of one of its PARTS: `dom_id(m, "replies")` is replies-12.

    `record` is a message or its pk.
    """
    return SafeString(f"{part}-{int(getattr(record, 'pk', record))}")


def dom_ids(pk):
    """All of them: {part: id}."""
    return {part: SafeString(f"{part}-{pk}") for part in PARTS}
