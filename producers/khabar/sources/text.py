"""Plain text, one article a file: a title line, an empty line, the body; or only the body. Front matter may come first."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any

from khabar.errors import Code, RejectedArticle
from khabar.messages.aliases import place_of
from khabar.messages.items import too_large
from khabar.messages.rejection import KEPT_BYTES
from khabar.sources.base import Format
from khabar.sources.items import Item

BOM = "\ufeff"
_HEAD_CHARS = 1 << 14
_PAIR = re.compile(r"([^\s:#-][^:\n]{0,40}):(?: (.*)|\s*)")
_LIST_ITEM = re.compile(r"\s*- +(.*)")


class Text(Format):
    """One article a file; no beginning tells it."""

    endings = (".txt", ".md")

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out the one article of a file, whose text is the file, character for character, front matter and a BOM aside."""
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
    return Item(front_matter(text) or split_title(text), number, where)


def split_title(text: str) -> dict[str, str]:
    r"""Part the title from the body where they can be joined again to the same text; else all is body.

    With Windows line ends, for example, all is body: "\r\n\r\n" between the two could not be told from "\n\n" any more.
    """
    title, gap, body = text.partition("\n\n")
    if gap and title.strip() and "\n" not in title and title != "None":
        return {"title": title, "body": body}
    return {"body": text}


def front_matter(text: str) -> dict[str, Any] | None:
    """Read fields between two lines of `---`, as `trafilatura --with-metadata` and static sites put them before the text.

    Returns:
        The fields and the body behind them; None where the text does not begin so, or names no field that khabar knows.
    """
    fence, _, rest = text.partition("\n")
    if fence.rstrip() != "---":
        return None
    head, end, body = rest.partition("\n---\n")
    if not end or len(head) > _HEAD_CHARS:
        return None
    fields: dict[str, Any] = {}
    name = ""
    for line in head.split("\n"):
        if item := _LIST_ITEM.fullmatch(line):
            listed = fields.get(name) or []
            if not name or not isinstance(listed, list):
                return None
            fields[name] = [*listed, _unquoted(item[1])]
        elif pair := _PAIR.fullmatch(line):
            name = pair[1]
            fields[name] = _unquoted(pair[2] or "")
        elif line.strip():
            return None
    return fields | {"body": body.lstrip("\n")} if any(map(place_of, fields)) else None


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _size_bytes(stream: io.BufferedReader, size_bytes: int) -> int:
    while chunk := stream.read(1 << 20):
        size_bytes += len(chunk)
    return size_bytes


def refused(raw: bytes, number: int, where: str, reason: str) -> Item:
    """Return an item that is no text, with what there is of it."""
    return Item(raw, number, where, RejectedArticle(Code.UNDECODABLE, field=None, reason=reason, place="read"))
