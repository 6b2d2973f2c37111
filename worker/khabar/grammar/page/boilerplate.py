"""What of a text is no story: the names before and after it, links, tags and other remains of the page.

Quotations, quantities and dates are not looked for there. A dateline's place and date are none of it: a date between
place and agency is a date. A reporter's name is a name: entities are found in bylines as everywhere.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from khabar.grammar.page.closing import Closing, closing
from khabar.grammar.page.opening import Opening, opening
from khabar.grammar.page.remains import remains
from khabar.text.document import Document


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the raw text that is no story.

    Attributes:
        start, end: raw offsets, [start, end).
        kind: byline (names, desk, paper, agency), link, tags, contact or caption.
    """

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Boilerplate:
    """All that is no story, and the credits in it.

    Attributes:
        stretches: in text order; they do not overlap.
        opening, closing: the credits before and after the story.
    """

    stretches: Sequence[Stretch]
    opening: Opening
    closing: Closing

    def covers(self, offset: int) -> bool:
        """Whether raw offset `offset` lies in a stretch; O(log n)."""
        index = bisect_right(self.stretches, offset, key=_start) - 1
        return index >= 0 and offset < self.stretches[index].end


def boilerplate(document: Document) -> Boilerplate:
    """Return what of the segmented document is no story; found once and kept in `document.shared`."""
    return document.once(_find)


def _find(document: Document) -> Boilerplate:
    rest = remains(document)
    last = len(document.tokens)
    for remain in reversed(rest):
        if remain.last < last:
            break
        last = remain.first
    head = opening(document, rest)
    tail = closing(document, last)
    spans = [(first, end, "byline") for first, end in (*head.names, *tail.names)]
    spans += [(remain.first, remain.last, remain.kind) for remain in rest]
    return Boilerplate(
        [Stretch(*document.token_span(first, end - 1), kind) for first, end, kind in _apart(spans)], head, tail
    )


def _apart(spans: Iterable[tuple[int, int, str]]) -> Iterator[tuple[int, int, str]]:
    """Yield spans in text order; of two that overlap the first, or the longer (a photographer's line is read twice)."""
    done = 0
    for first, last, kind in sorted(spans, key=lambda span: (span[0], -span[1])):
        if first >= done:
            yield first, last, kind
            done = last


def _start(stretch: Stretch) -> int:
    return stretch.start
