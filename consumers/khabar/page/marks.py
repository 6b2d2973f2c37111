"""A record's claims as marks on its text: where, how they look, and which row of the lists says what they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import pairwise
from typing import Any, Final

LAYERS: Final = ("quotations", "statements", "quantities", "temporal", "hashtags", "links")
# Letter of a row's id, class of its looks.
_LOOKS: Final = {
    "quotations": ("q", "quote"),
    "statements": ("s", "said"),
    "quantities": ("f", "figure"),
    "temporal": ("d", "date"),
    "hashtags": ("h", "tag"),
    "links": ("l", "web"),
}
NAMES: Final = {"PER": "person", "ORG": "organisation", "LOC": "place"}
BADGED: Final = frozenset({"quote", "said"})
# The first of them that covers a character decides how its words look, and where they lead.
_INLINE: Final = ("figure", "date", "person", "organisation", "place", "tag", "web")
MOST_AT_ONCE: Final = 8  # marks that cover one character; further ones are only in the lists


@dataclass(frozen=True, slots=True)
class Mark:
    """A claim on the text.

    Attributes:
        start, end: code points of the text, [start, end).
        look: class of its looks.
        row: id of the row that says what it is; empty for what is no story.
        is_first: whether a link to the text leads here: the first mention of a name.
    """

    start: int
    end: int
    look: str
    row: str
    is_first: bool = True


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the text under the same marks throughout.

    Attributes:
        marks: that cover it, those of names, figures and dates first.
        opening: those of them that begin here.
    """

    start: int
    end: int
    marks: Sequence[Mark]
    opening: Sequence[Mark]


def row_id(layer: str, number: int) -> str:
    """Return the id of a claim's row: q3 is quotations[3]."""
    return f"{_LOOKS[layer][0]}{number}"


def marks_of(record: Mapping[str, Any], left_out: Sequence[tuple[int, int, str]] = ()) -> list[Mark]:
    """Return the marks of all claims whose places lie in the text, in text order.

    Args:
        record: as JSON, of any version.
        left_out: start, end and kind of what is no story.
    """
    return sorted(
        (mark for mark in _all(record, left_out) if 0 <= mark.start < mark.end <= len(record["text"])),
        key=lambda mark: (mark.start, -mark.end),
    )


def pieces(marks: Sequence[Mark], cuts: Sequence[int]) -> Iterator[Piece]:
    """Cut the text where marks begin and end, and at `cuts`; O(n log n), however they cross.

    Args:
        marks: in text order.
        cuts: ascending; the first is where to begin, the last where to end.
    """
    edges = sorted({*cuts, *(mark.start for mark in marks), *(mark.end for mark in marks)})
    ends: list[tuple[int, int]] = []  # end and number of the marks that cover the piece
    following = 0
    for start, end in pairwise(edges):
        while ends and ends[0][0] <= start:
            heappop(ends)
        opening = []
        while following < len(marks) and marks[following].start <= start:
            mark = marks[following]
            if mark.end > start and len(ends) < MOST_AT_ONCE:
                heappush(ends, (mark.end, following))
                opening.append(mark)
            following += 1
        covering = sorted((marks[number] for _, number in ends), key=_rank)
        yield Piece(start, end, covering, opening)


def _all(record: Mapping[str, Any], left_out: Sequence[tuple[int, int, str]]) -> Iterator[Mark]:
    for number, entity in enumerate(record.get("entities") or ()):
        for order, mention in enumerate(entity["mentions"]):
            yield Mark(mention["start"], mention["end"], NAMES.get(entity["type"], "place"), f"n{number}", order == 0)
    for layer in LAYERS:
        for number, claim in enumerate(record.get(layer) or ()):
            yield Mark(claim["start"], claim["end"], _LOOKS[layer][1], row_id(layer, number))
    for start, end, _ in left_out:
        yield Mark(start, end, "out", "")


def _rank(mark: Mark) -> tuple[int, int]:
    return _INLINE.index(mark.look) if mark.look in _INLINE else len(_INLINE), mark.end - mark.start
