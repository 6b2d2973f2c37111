"""gzip, told by its first two bytes."""

import io
import zlib
from typing import Any, BinaryIO, cast

MAGIC = b"\x1f\x8b"
_GZIP_WINDOW = 31  # zlib's number for a gzip header with the largest window
_CHUNK = 1 << 16


class _Gunzip(io.RawIOBase):
    """Undoes gzip as far as it goes; Python's GzipFile withholds up to 8 KB before a break, which are good articles."""

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._member = zlib.decompressobj(_GZIP_WINDOW)
        self._pending = b""

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill some of the target; 0 at the end.

        Raises:
            EOFError, zlib.error: the rest cannot be read.
        """
        while True:
            data = self._member.decompress(self._pending, len(target))
            self._pending = self._member.unconsumed_tail
            if data:
                target[: len(data)] = data
                return len(data)
            if self._member.eof:  # several gzip files may be joined into one, with zeros between
                rest = self._member.unused_data.lstrip(b"\0") or self._stream.read1(_CHUNK).lstrip(b"\0")
                if not rest:
                    return 0
                self._member, self._pending = zlib.decompressobj(_GZIP_WINDOW), rest
            elif not self._pending:
                self._pending = self._stream.read1(_CHUNK)
                if not self._pending:
                    raise EOFError("the compressed file ends too early")


def buffered(stream: BinaryIO | io.RawIOBase) -> io.BufferedReader:
    """Give the stream with a peek()."""
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stream))


def uncompressed(stream: BinaryIO) -> io.BufferedReader:
    """Give the stream with gzip undone, if it is gzip."""
    reader = buffered(stream)
    if reader.peek(2)[:2] == MAGIC:
        return io.BufferedReader(_Gunzip(reader))
    return reader


def peek_head(stream: io.BufferedReader) -> bytes:
    """Look at the beginning, gzip undone, without reading on; a file that breaks off later shows what it has.

    Raises:
        EOFError, zlib.error: a compressed file of which not a byte can be read.
    """
    raw = stream.peek(1)
    if raw[:2] != MAGIC:
        return raw
    reader = zlib.decompressobj(_GZIP_WINDOW)
    head = reader.decompress(raw, 1 << 16)
    if not head and not reader.eof:
        raise EOFError("the compressed file breaks off at once")
    return head
