"""Plain text, one article a file: line 1 the title, an empty line, the body; or the body alone."""

import io
import zlib
from collections.abc import Iterator

from khabar.errors import Code, RejectedArticle
from khabar.messages.items import too_large
from khabar.messages.rejection import KEPT_BYTES
from khabar.sources.base import Format
from khabar.sources.items import Item

BOM = "\ufeff"


class Text(Format):
    """One article a file; no beginning tells it."""

    endings = (".txt",)

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out the one article of a file, whose text is the file, character for character; a BOM is no character."""
        if skip == 0:
            yield read_text(stream, 1, where, encoding, max_bytes)


def source() -> Format:
    """Return the format of this file."""
    return Text()


def read_text(stream: io.BufferedReader, number: int, where: str, encoding: str, max_bytes: int) -> Item:
    """Read one article; whatever is wrong with it is in the item."""
    try:
        raw = stream.read(max_bytes + 1)
        if len(raw) > max_bytes:
            return Item(raw[:KEPT_BYTES], number, where, too_large(_size_bytes(stream, len(raw)), max_bytes))
    except (EOFError, zlib.error) as error:
        return refused(b"", number, where, f"is no whole compressed file: {str(error)[:200]}")
    try:
        text = raw.decode(encoding).removeprefix(BOM)
    except UnicodeDecodeError as error:
        return refused(raw, number, where, f"is not {encoding} at byte {error.start}")
    return Item(split_title(text), number, where)


def split_title(text: str) -> dict[str, str]:
    r"""Part the title from the body where they can be joined again to the same text; else all is body.

    With Windows line ends, for example, all is body: "\r\n\r\n" between the two could not be told from "\n\n" any more.
    """
    title, gap, body = text.partition("\n\n")
    if gap and title.strip() and "\n" not in title and title != "None":
        return {"title": title, "body": body}
    return {"body": text}


def _size_bytes(stream: io.BufferedReader, size_bytes: int) -> int:
    while chunk := stream.read(1 << 20):
        size_bytes += len(chunk)
    return size_bytes


def refused(raw: bytes, number: int, where: str, reason: str) -> Item:
    """Return an item that is no text, with what there is of it."""
    return Item(raw, number, where, RejectedArticle(Code.UNDECODABLE, field=None, reason=reason, place="read"))
