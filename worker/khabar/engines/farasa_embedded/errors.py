"""Errors before the first word is segmented."""

from khabar.errors import KhabarError


class FarasaModelError(KhabarError):
    """The model cannot be used: it is not installed, it is not the expected one, or the cache directory cannot be written.

    The message is one sentence that says what to do; the cause is chained.
    """
