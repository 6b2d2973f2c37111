"""Turns the broker's replies into Python values."""


def text(reply: object) -> str:
    """Return a reply's bytes as text; bytes that are not UTF-8, as in a foreign group's name, are shown escaped."""
    return reply.decode(errors="backslashreplace") if isinstance(reply, bytes) else str(reply)
