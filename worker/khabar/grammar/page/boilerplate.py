"""Boilerplate: the parts of a text that do not belong to the story, such as credits, links, tags, stamps and repeats.

Extractors skip them, except that entities are also found in credits, because a reporter is a person. The place and the date of
a dateline belong to the story.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from khabar.grammar.page.closing import Closing, closing
from khabar.grammar.page.code import code
from khabar.grammar.page.lines import body_lines, lines
from khabar.grammar.page.opening import Opening, opening
from khabar.grammar.page.remains import Remains, remains
from khabar.grammar.page.repeats import repeated
from khabar.grammar.page.shapes import shaped
from khabar.grammar.page.site import own_names, site_suffix
from khabar.text.document import Document

STAMP: Final = "stamp"
SITE: Final = "site"
CREDITS: Final = frozenset({"byline", SITE})


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the raw text that does not belong to the story.

    Attributes:
        start, end: raw offsets, [start, end).
        kind: byline (names, desk, newspaper, agency), site (the site's name after the title), link, tags, contact, caption,
            stamp (time of publication), furniture (counters, buttons, sections, footers), code, title or paragraph (printed a
            second time).
    """

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """All stretches that do not belong to the story, and the credits in them.

    Attributes:
        stretches: in text order, without overlaps.
        opening, closing: the credits before and after the story.
    """

    stretches: Sequence[Stretch]
    opening: Opening
    closing: Closing

    def covers(self, offset: int) -> bool:
        """Whether raw offset `offset` is in a stretch; O(log n)."""
        return self._at(offset) is not None

    def hides_names(self, offset: int) -> bool:
        """Whether raw offset `offset` is in a stretch that is not a credit, where names are not entities of the article."""
        stretch = self._at(offset)
        return stretch is not None and stretch.kind not in CREDITS

    def is_credit(self, offset: int) -> bool:
        """Whether raw offset `offset` is in a byline or in the site's name after the title."""
        stretch = self._at(offset)
        return stretch is not None and stretch.kind in CREDITS

    def is_stamp(self, offset: int) -> bool:
        """Whether raw offset `offset` is in a stamp of the page, the time when it was published or changed."""
        stretch = self._at(offset)
        return stretch is not None and stretch.kind == STAMP

    def _at(self, offset: int) -> Stretch | None:
        index = bisect_right(self.stretches, offset, key=_start) - 1
        return self.stretches[index] if index >= 0 and offset < self.stretches[index].end else None


def boilerplate(document: Document) -> Boilerplate:
    """Return the boilerplate of a segmented document; found once and kept in `document.shared`."""
    return document.once(_find)


def _find(document: Document) -> Boilerplate:
    form = document.tokens.form
    every = lines(document)
    body = body_lines(document, every)
    title = every[: len(every) - len(body)]
    rest = list(_apart([*_furniture(document, title, body), *remains(form, body)]))
    last = len(form)
    for remain in reversed(rest):
        if remain.last < last or remain.kind in CREDITS:
            break
        last = remain.first
    head = opening(document, body, rest)
    tail = closing(document, last)
    rest += [Remains("byline", first, end) for first, end in (*head.names, *tail.names)]
    rest += [Remains(STAMP, first, end) for first, end in (*head.stamps, *tail.stamps)]
    return Boilerplate(
        [Stretch(*document.token_span(part.first, part.last - 1), part.kind) for part in _apart(rest)], head, tail
    )


def _furniture(document: Document, title: Sequence[range], body: Sequence[range]) -> Iterator[Remains]:
    form = document.tokens.form
    site = site_suffix(form, title[-1], document.article.source) if title else None
    if site:
        yield Remains(SITE, site.start, site.stop)
    title_end = site.start if site else title[-1].stop if title else 0
    for kind, line in (*repeated(form, title, body, title_end=title_end), *shaped(form, body)):
        yield Remains(kind, line.start, line.stop)
    for line in code(form, body):
        yield Remains("code", line.start, line.stop)
    for line in own_names(form, body, (document.article.source, document.article.author)):
        yield Remains("byline", line.start, line.stop)


def _apart(parts: Iterable[Remains]) -> Iterator[Remains]:
    """Yield parts in text order; if two overlap, only the one that begins first, or the longer if both begin at one token."""
    done = 0
    for part in sorted(parts, key=lambda part: (part.first, -part.last)):
        if part.first >= done:
            yield part
            done = part.last


def _start(stretch: Stretch) -> int:
    return stretch.start
