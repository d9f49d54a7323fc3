def dom_id(record, part="message"):
    """The id on the page of a message or of one of its parts: `dom_id(m, "replies")` is replies-12.

    `record` is a message or its pk. The parts: message, history, replies, summary, thread, reply.
    """
    return f"{part}-{getattr(record, 'pk', record)}"
