"""HTML pages, one article a file, found on the page by trafilatura."""

import io
import re
import zlib
from collections.abc import Iterator

from khabar.messages.items import too_large
from khabar.messages.rejection import KEPT_BYTES
from khabar.sources.base import Format, broken
from khabar.sources.items import Item
from khabar.sources.page import MAX_BYTES, NO_ARTICLE, article_of

_BEGINNING = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE)


class Html(Format):
    """One page a file; needs the extra `web`."""

    endings = (".html", ".htm", ".xhtml")
    is_text = False  # a page says its encoding itself

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether it begins as a page does."""
        return _BEGINNING.match(head) is not None

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out the article of the page. A page without one is an item with an error.

        Raises:
            SourceError: trafilatura is not installed, or a compressed file breaks off.
        """
        if skip:
            return
        try:
            page = stream.read(MAX_BYTES + 1)
        except (EOFError, OSError, zlib.error) as error:
            raise broken(where, 0, error) from error
        if len(page) > MAX_BYTES:
            yield Item(page[:KEPT_BYTES], 1, where, too_large(len(page), MAX_BYTES))
            return
        article = article_of(page if encoding == "utf-8" else page.decode(encoding, "replace"))
        if article is None:
            yield Item(page[: min(max_bytes, KEPT_BYTES)], 1, where, NO_ARTICLE)
        else:
            yield Item(article, 1, where)


def source() -> Format:
    """Return the format of this file."""
    return Html()
