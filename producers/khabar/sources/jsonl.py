"""JSON lines: one object a line, as Scrapy's feeds and most dumps have it."""

import io
import zlib
from collections.abc import Iterator

from khabar.errors import Code, RejectedArticle
from khabar.messages.items import BOM, too_large
from khabar.messages.rejection import KEPT_BYTES
from khabar.sources.base import Format, broken
from khabar.sources.items import Item

_CHUNK = 1 << 20


class JsonLines(Format):
    """One object a line."""

    endings = (".jsonl", ".jl", ".ndjson")

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether it begins with an object that ends in its line, or in all that is seen of it."""
        first_line, line_end, _ = head.partition(b"\n")
        return head[:1] == b"{" and (not line_end or first_line.rstrip().endswith(b"}"))

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out each line that is not blank, its line end aside, byte for byte where the encoding is UTF-8.

        A line over the limit is never held in memory: its item has the first 64 KiB.

        Raises:
            SourceError: a compressed file that breaks off.
        """
        number, line_number = 0, 0
        try:
            while line := stream.readline(max_bytes + 2):
                line_number += 1
                rest_bytes = _read_over(stream) if len(line) == max_bytes + 2 and line[-1:] != b"\n" else 0
                if line_number == 1:
                    line = line.removeprefix(BOM)
                if not rest_bytes and (line.isspace() or not line):
                    continue
                number += 1
                if number <= skip:
                    continue
                here = f"{where}:{line_number}"
                line = line.rstrip(b"\r\n")
                if rest_bytes or len(line) > max_bytes:
                    yield Item(line[:KEPT_BYTES], number, here, too_large(len(line) + rest_bytes, max_bytes))
                elif encoding == "utf-8":
                    yield Item(line, number, here)
                else:
                    yield _decoded(line, number, here, encoding)
        except (EOFError, OSError, zlib.error) as error:
            raise broken(where, number, error) from error


def source() -> Format:
    """Return the format of this file."""
    return JsonLines()


def _read_over(stream: io.BufferedReader) -> int:
    """Read to the end of the line; return the bytes that were left of it, the line end aside."""
    size_bytes = 0
    while chunk := stream.readline(_CHUNK):
        size_bytes += len(chunk.rstrip(b"\r\n"))
        if chunk[-1:] == b"\n":
            break
    return size_bytes


def _decoded(line: bytes, number: int, here: str, encoding: str) -> Item:
    try:
        return Item(line.decode(encoding).encode(), number, here)
    except UnicodeError as error:
        at = f" at byte {error.start}" if isinstance(error, UnicodeDecodeError) else ""
        reason = f"is not {encoding}{at}"
        return Item(line, number, here, RejectedArticle(Code.UNDECODABLE, field=None, reason=reason, place="read"))
