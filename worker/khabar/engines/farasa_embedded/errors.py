"""What can go wrong before the first word is segmented."""

from khabar.errors import KhabarError


class FarasaModelError(KhabarError):
    """The model cannot be had: not installed, not what we expect, or the cache directory cannot be written.

    The message is one sentence that says what to do; the cause is chained.
    """
