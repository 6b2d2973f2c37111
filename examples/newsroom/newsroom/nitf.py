"""NITF, the news agencies' older XML: one <nitf> an article."""

import io
from collections.abc import Iterator
from xml.etree import ElementTree

from khabar.errors import SourceError
from khabar.sources.base import Format
from khabar.sources.items import Item


class Nitf(Format):
    """Articles in one file."""

    endings = (".nitf",)

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether it begins as such a file does."""
        return b"<nitf" in head[:200]

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out each article as a mapping; khabar knows title and body by these names."""
        try:
            document = ElementTree.parse(stream)
        except ElementTree.ParseError as error:
            raise SourceError(f"{where}: is not XML: {error}") from error
        for number, article in enumerate(document.iter("nitf"), 1):
            if number > skip:
                paragraphs = [paragraph.text for paragraph in article.iter("p")]
                yield Item({"title": article.findtext(".//hl1"), "body": paragraphs}, number, f"{where}[{number}]")


def source() -> Format:
    """Build the format."""
    return Nitf()
