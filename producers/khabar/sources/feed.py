"""RSS and Atom feeds, read by feedparser: an article an entry."""

import io
import re
import zlib
from collections.abc import Iterator
from typing import Final

from khabar.errors import SourceError
from khabar.sources.base import Format, broken
from khabar.sources.items import Item
from khabar.sources.page import needed, without_nothing

_MAX_BYTES: Final = 64 << 20
_BEGINNING: Final = re.compile(rb"\s*(?:<\?[^>]*>\s*|<!--[^>]*-->\s*)*<(?:rss|feed|rdf:RDF)\b", re.IGNORECASE)


class Feed(Format):
    """Entries of a feed; needs the extra `web`."""

    endings = (".rss", ".atom", ".rdf")
    is_text = False  # XML says its encoding itself

    def recognizes(self, head: bytes, encoding: str) -> bool:
        """Whether it begins as a feed does."""
        return _BEGINNING.match(head) is not None

    def read(
        self, stream: io.BufferedReader, *, where: str, encoding: str, skip: int, max_bytes: int
    ) -> Iterator[Item]:
        """Give out each entry under feedparser's names; the feed's title is the source of those that name none.

        Raises:
            SourceError: feedparser is not installed, the input is not a feed, or a compressed file is truncated.
        """
        feedparser = needed("feedparser", "web", "a feed")
        try:
            data = stream.read(_MAX_BYTES + 1)
        except (EOFError, OSError, zlib.error) as error:
            raise broken(where, 0, error) from error
        if len(data) > _MAX_BYTES:
            raise SourceError(f"{where}: has over {_MAX_BYTES >> 20} MiB, which is too large for a feed")
        parsed = feedparser.parse(io.BytesIO(data))
        if not parsed.entries and parsed.bozo:
            raise SourceError(f"{where}: is not a feed: {str(parsed.bozo_exception)[:200]}")
        about = {"source": parsed.feed.get("title"), "language": parsed.feed.get("language")}
        for number, entry in enumerate(parsed.entries, 1):
            if number > skip:
                # A "detail" repeats its field with the type and the language.
                fields = {name: value for name, value in entry.items() if not name.endswith("_detail")}
                yield Item(without_nothing(about | fields), number, f"{where}[{number}]")
        if parsed.bozo and not isinstance(parsed.bozo_exception, feedparser.CharacterEncodingOverride):
            raise broken(where, len(parsed.entries), parsed.bozo_exception)


def source() -> Format:
    """Return the format of this file."""
    return Feed()
