"""Marks: proof that a source still begins with the bytes that were read of it.

The mark of an item names how many bytes had been read when it was given out, gzip undone, and their hash. A reader that meets
the same bytes gives out the same items: it has seen nothing else. Only the last item may be what it is because the source ended
behind it.
"""

import io
import re
from hashlib import sha256
from typing import Any, Final

_BUFFER_BYTES = 1 << 16
_CHUNK = 1 << 20
_MARK: Final = re.compile(r"(\d+)(\$?) ([0-9a-f]{64})")  # bytes, whether their end was the source's end, their hash


class MarkedInput(io.RawIOBase):
    """Hashes what is read through it."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._hash = sha256()
        self._size_bytes = 0
        self._is_at_end = False
        self._mark = ""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill some of the target by one read; 0 at the end."""
        count = self._stream.readinto1(target)
        self._mark = ""
        self._is_at_end = not count
        self._hash.update(memoryview(target)[:count])
        self._size_bytes += count
        return count

    @property
    def mark(self) -> str:
        """The mark of an item that is given out now."""
        self._mark = self._mark or f"{self._size_bytes}{'$' * self._is_at_end} {self._hash.hexdigest()}"
        return self._mark


def marked(stream: io.BufferedReader) -> tuple[io.BufferedReader, MarkedInput]:
    """Return a stream with the same bytes, and what tells its marks."""
    raw = MarkedInput(stream)
    return io.BufferedReader(raw, _BUFFER_BYTES), raw


def items_still_in(stream: io.BufferedReader, items: int, mark: str) -> int:
    """Return how many of the first `items` items a source certainly still begins with: all, all but the last, or none.

    Args:
        stream: from its beginning, gzip undone; read as far as the mark goes.
        items: the number of the item with this mark.

    Raises:
        EOFError, OSError, zlib.error: it cannot be read so far.
    """
    found = _MARK.fullmatch(mark)
    if found is None:
        return 0
    left, digest = int(found[1]), sha256()
    while left:
        chunk = stream.read(min(left, _CHUNK))
        if not chunk:
            return 0
        digest.update(chunk)
        left -= len(chunk)
    if digest.hexdigest() != found[3]:
        return 0
    has_grown = bool(found[2]) and bool(stream.read(1))
    return items - 1 if has_grown else items
