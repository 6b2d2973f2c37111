"""One JSON array of objects, or a sequence of objects over several lines each.

The values are cut out of the stream, not parsed: each is passed on byte for byte, and a faulty value loses only itself.
ijson was compared: it ends the whole array at a number over 64 bits or a NaN, and silently turns a lone surrogate into a
question mark.
"""

import codecs
import io
import re
import zlib
from collections.abc import Generator, Iterator

from khabar.messages.items import BOM, too_large
from khabar.messages.rejection import KEPT_BYTES
from khabar.sources.base import Format, broken
from khabar.sources.items import Item

_CHUNK = 1 << 16

_MARK = re.compile(rb'["\[\]{},]')
_STRING_REST = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)


class Json(Format):
    """One array of objects, or objects that go over several lines."""

    endings = ()  # a .json may hold lines as well

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether it begins with an array, or with an object that does not end in its line."""
        first_line, line_end, _ = head.partition(b"\n")
        return head[:1] == b"[" or (head[:1] == b"{" and bool(line_end) and not first_line.rstrip().endswith(b"}"))

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out the elements of the array.

        Raises:
            SourceError: the array is not closed, or something that is no array element is in it.
        """
        number = 0
        chunks = _chunks(stream, encoding)
        try:
            for value, size_bytes in _values(chunks, max_bytes):
                number += 1
                if number > skip:
                    error = too_large(size_bytes, max_bytes) if size_bytes > max_bytes else None
                    yield Item(value, number, f"{where}[{number}]", error)
        except (EOFError, OSError, ValueError, zlib.error) as error:
            raise broken(where, number, error) from error
        finally:
            chunks.close()  # before whoever opened the stream closes that


def source() -> Format:
    """Return the format of this file."""
    return Json()


def _chunks(stream: io.BufferedReader, encoding: str) -> Generator[bytes]:
    decoder = None if encoding == "utf-8" else codecs.getincrementaldecoder(encoding)("surrogateescape")
    while chunk := stream.read1(_CHUNK):  # one read: what comes before a break, or slowly, is given out
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass") if decoder else chunk


class _Value:
    """The bytes of one value; over the limit only their beginning is held."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._parts: list[bytes] = []
        self._size_bytes = 0

    def add(self, part: bytes) -> None:
        fitted = self._size_bytes <= self._max_bytes
        self._size_bytes += len(part)
        if fitted:
            self._parts.append(part)
            if self._size_bytes > self._max_bytes:
                self._parts = [b"".join(self._parts)[:KEPT_BYTES]]

    def take(self) -> tuple[bytes, int]:
        value, size_bytes = b"".join(self._parts).strip(), self._size_bytes
        self._parts, self._size_bytes = [], 0
        return value, size_bytes if size_bytes > self._max_bytes else len(value)


def _values(chunks: Iterator[bytes], max_bytes: int) -> Iterator[tuple[bytes, int]]:
    """Cut the stream at the commas between an array's elements, or behind each closed object.

    Yields:
        A value, cut if it is over max_bytes, and its size in bytes.

    Raises:
        ValueError: no array and no object, not closed, or followed by something else.
    """
    value = _Value(max_bytes)
    is_array: bool | None = None  # None: nothing but white space so far
    is_closed = in_string = is_escaped = False
    depth = 0
    for chunk in chunks:
        at = start = 0
        if is_array is None:
            chunk = chunk.removeprefix(BOM).lstrip()
            if not chunk:
                continue
            if chunk[:1] not in (b"[", b"{"):
                raise ValueError("begins with neither [ nor {")
            is_array = chunk[:1] == b"["
            at = start = depth = int(is_array)
        elif is_escaped:
            at = 1
        while not is_closed:
            match = _STRING_REST.match(chunk, at) if in_string else _MARK.search(chunk, at)
            if match is None:
                break
            at = match.end()
            mark = chunk[at - 1 : at]
            if in_string or mark == b'"':
                in_string = not in_string
            elif mark in b"{[":
                depth += 1
            elif mark in b"}]":
                depth -= 1
                if depth == 0:
                    is_closed = is_array
                    value.add(chunk[start : at - is_array])
                    start = at
                    data, size_bytes = value.take()
                    if data:
                        yield data, size_bytes
                elif depth < 0:
                    raise ValueError("a bracket is closed that was never opened")
            elif depth == 1 and is_array:
                value.add(chunk[start : at - 1])
                start = at
                data, size_bytes = value.take()
                if not data:
                    raise ValueError("an element is missing between two commas")
                yield data, size_bytes
        tail = chunk[max(at, start) :]
        is_escaped = in_string and (len(tail) - len(tail.rstrip(b"\\"))) % 2 == 1
        value.add(chunk[start:])
    if is_array and not is_closed:
        raise ValueError("the array is not closed")
    if value.take()[0]:
        raise ValueError("something follows the array" if is_array else "the last object is not closed")
