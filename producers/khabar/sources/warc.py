"""WARC, the web archives' format, as in CC-NEWS: the pages that were fetched, an article out of each."""

import io
import zlib
from collections.abc import Iterator
from typing import Any, Final

from khabar.sources.base import Format, broken
from khabar.sources.items import Item
from khabar.sources.page import MAX_BYTES, NO_ARTICLE, article_of, needed

_PAGES: Final = ("text/html", "application/xhtml+xml")


class _Pieces:
    """Gives out what one read brings, so that a break takes nothing of what came before it; warcio would pass over the break.

    Attributes:
        fault: the break.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self.fault: Exception | None = None

    def read(self, size: int = -1) -> bytes:
        """Read some bytes; none at the end and at a break."""
        try:
            return self._stream.read1(size)
        except (EOFError, OSError, zlib.error) as error:
            self.fault = error
            return b""


class Warc(Format):
    """Pages that a crawler stored; needs the extra `web`."""

    endings = (".warc",)
    is_text = False

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether it begins with a record of this format."""
        return head.startswith(b"WARC/")

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out the article of each page that was fetched with success; a page without one is an item with an error.

        Entries that are not pages are skipped and not counted: requests, redirections, pictures.

        Raises:
            SourceError: warcio or trafilatura is not installed, or the archive is truncated.
        """
        warcio = needed("warcio.archiveiterator", "web", "WARC")
        exceptions = needed("warcio.exceptions", "web", "WARC")
        number = 0
        pieces = _Pieces(stream)
        try:
            for record in warcio.ArchiveIterator(pieces):
                if not _is_page(record):
                    continue
                item = _item(record, number + 1, where)
                number += 1
                if number > skip:
                    yield item
            if pieces.fault is not None:
                raise pieces.fault
        except (EOFError, OSError, zlib.error, exceptions.ArchiveLoadFailed) as error:
            raise broken(where, number, error) from error


def source() -> Format:
    """Return the format of this file."""
    return Warc()


def _is_page(record: Any) -> bool:
    headers = record.http_headers
    if record.rec_type not in ("response", "resource"):
        return False
    if headers is None:
        return str(record.rec_headers.get_header("Content-Type") or "").startswith(_PAGES)
    return headers.get_statuscode() == "200" and str(headers.get_header("Content-Type") or "").lower().startswith(
        _PAGES
    )


def _item(record: Any, number: int, where: str) -> Item:
    """Read a page.

    Raises:
        EOFError: the archive ends inside it.
    """
    url = record.rec_headers.get_header("WARC-Target-URI")
    url = url.strip("<>") if url else None  # old archives have it in brackets
    page = record.content_stream().read(MAX_BYTES)
    if len(page) < MAX_BYTES and getattr(record.raw_stream, "limit", 0) > 0:
        raise EOFError("it ends inside a page")
    about = {"url": url, "scraped_at": record.rec_headers.get_header("WARC-Date")}
    article = article_of(page, url)
    if article is None:
        return Item(about, number, f"{where}[{number}] {url}", NO_ARTICLE)
    return Item(article | {name: value for name, value in about.items() if value}, number, f"{where}[{number}]")
