"""Errors of Farasa's jars, and what happens after each. No message carries a word of an article."""

from khabar.errors import Exit, KhabarError, TransientError


class FarasaNotReady(KhabarError):
    """Farasa's jars cannot work here: the service does not start. The message is one sentence that says what to do."""

    exit_code = Exit.USAGE


class FarasaFailed(TransientError):
    """The Java process died, hung or answered with something else than it was asked: it has been ended.

    The batch is tried again with a new process, then the attempt of its articles fails and each is tried alone.
    """


class UnreadableTags(ValueError):
    """A tagger's line is not in Farasa's form. Another attempt would get the same: the layer is missing, the record goes out."""
