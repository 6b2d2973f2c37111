"""Values in our own keys that this version cannot read: garbage, or those of a later version in a rolling upgrade.

They are skipped, named and counted, and stay where they are: a later version reads what an earlier one does not.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
V = TypeVar("V")

TELL_EVERY_S = 60.0  # a reader that looks each second must not fill the log

log = logging.getLogger(__name__)
_skipped: Counter[str] = Counter()
_told_at: dict[str, float] = {}


def read_or_skip(key: str, read: Callable[[V], T], value: V) -> T | None:
    """Return what a value means, or None where it cannot be read."""
    try:
        return read(value)
    except Exception as error:
        skip(key, error)
        return None


def read_each(key: str, read: Callable[[V], T], values: Iterable[V]) -> Iterator[T]:
    """Yield what each value means; one that cannot be read is skipped."""
    for value in values:
        if (meaning := read_or_skip(key, read, value)) is not None:
            yield meaning


def skip(key: str, error: Exception | str) -> None:
    """Say that a value of this key was skipped, at most once a minute for each key and never with the value.

    Args:
        key: its name in the broker.
        error: why it cannot be read; of an exception only the type is told, for its message may quote the value.
    """
    _skipped[key] += 1
    now = time.monotonic()
    if key in _told_at and now < _told_at[key] + TELL_EVERY_S:
        return
    _told_at[key] = now
    why = error if isinstance(error, str) else type(error).__name__
    log.warning(
        "a value in %s cannot be read and is skipped; a later version may have written it",
        key,
        extra={"action": "value_skipped", "key": key, "error": why, "skipped": _skipped[key]},
    )


def is_wrong_type(error: object) -> bool:
    """Whether this is the broker's word that a key holds another type than ours."""
    return isinstance(error, Exception) and "WRONGTYPE" in str(error)
