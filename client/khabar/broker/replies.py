"""What the broker answers, as Python wants it."""


def text(reply: object) -> str:
    """Return a reply's bytes as text; bytes that are no UTF-8 (a foreign group's name, say) are shown escaped."""
    return reply.decode(errors="backslashreplace") if isinstance(reply, bytes) else str(reply)
