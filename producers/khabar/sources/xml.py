"""XML as scrapers write it: `trafilatura --xml`, one article a file, and Scrapy's feeds, an item an article."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Any, Final
from xml.etree import ElementTree

from khabar.errors import SourceError
from khabar.messages.values import PARAGRAPH
from khabar.sources.base import Format, broken
from khabar.sources.items import Item
from khabar.sources.page import without_nothing

_BEGINNING: Final = re.compile(rb"\s*(?:<\?[^>]*>\s*)*<(?:doc|items)\b")
_HEAD_BYTES: Final = 1 << 16


class Xml(Format):
    """Articles in elements."""

    endings = ()  # a .xml may be a feed
    is_text = False  # XML says its encoding itself

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether its first element is one of the two."""
        return _BEGINNING.match(head) is not None

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out each article.

        Raises:
            SourceError: the file is not valid XML to its end, or declares entities.
        """
        if b"<!ENTITY" in stream.peek(_HEAD_BYTES):  # a few of them can become gigabytes
            raise SourceError(f"{where}: declares entities; such XML is not read")
        number = 0
        try:
            for fields in _articles(stream):
                number += 1
                if number > skip:
                    yield Item(without_nothing(fields), number, f"{where}[{number}]")
        except (EOFError, OSError, zlib.error, ElementTree.ParseError) as error:
            raise broken(where, number, error) from error


def source() -> Format:
    """Return the format of this file."""
    return Xml()


def _articles(stream: io.BufferedReader) -> Iterator[dict[str, Any]]:
    """Give out the fields of each <doc> and of each <item>, and forget the element."""
    open_elements: list[ElementTree.Element] = []
    for event, element in ElementTree.iterparse(stream, events=("start", "end")):  # noqa: S314
        if event == "start":
            open_elements.append(element)
            continue
        open_elements.pop()
        parent = open_elements[-1].tag if open_elements else None
        if element.tag == "doc" and parent in (None, "corpus"):
            yield _of_trafilatura(element)
        elif element.tag == "item" and parent == "items":
            yield {field.tag: _of_scrapy(field) for field in element}
        else:
            continue
        element.clear()
        if open_elements:
            open_elements[-1].remove(element)


def _of_trafilatura(document: ElementTree.Element) -> dict[str, Any]:
    main = document.find("main")
    paragraphs = [" ".join("".join(part.itertext()).split()) for part in main] if main is not None else []
    return dict(document.attrib) | {"text": PARAGRAPH.join(filter(None, paragraphs))}


def _of_scrapy(field: ElementTree.Element) -> Any:
    """Return a field's text, or the list that Scrapy writes as <value> elements."""
    values = field.findall("value")
    return [value.text or "" for value in values] if values else field.text
