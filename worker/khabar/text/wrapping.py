"""Find lines that end inside a sentence: wrapped lines, and lines broken off after a comma or before a continuing word."""

from itertools import pairwise
from typing import Final

from khabar.lexicons import entries

# Widths of wrapped lines in columns, terminals and mails; longer lines are paragraphs.
_NARROWEST: Final = 40
_WIDEST: Final = 140
# A line is full if the next word would exceed the width; the slack is for letters of different widths.
_SLACK: Final = 3
_FEWEST: Final = 4
_MOST_ARE: Final = 0.6
_NEARLY_FULL: Final = 0.7
_ENDS: Final = frozenset('.!?؟:؛…"”»)')
_COMMAS: Final = frozenset("،,")
_GO_ON: Final = frozenset(entries("punctuation/line_continuers"))
# A shorter line that ends with a comma is a row of a list or a verse.
_FEWEST_WORDS: Final = 5


def breaks(body: str) -> list[int]:
    """Return the offsets of the line feeds inside sentences, where lines wrap or break off, ascending; O(length)."""
    return sorted({*wraps(body), *_broken_off(body)})


def _broken_off(body: str) -> list[int]:
    """Return the line feeds after a comma, and those before a word that begins no sentence: ... | حيث نشر."""
    offsets: list[int] = []
    at = -1
    for line, following in pairwise(body.split("\n")):
        at += len(line) + 1
        end, words = line.rstrip()[-1:], following.split(maxsplit=1)
        if not end or not words or end in _ENDS or not words[0][0].isalpha():
            continue
        if words[0] in _GO_ON or (end in _COMMAS and len(line.split()) >= _FEWEST_WORDS):
            offsets.append(at)
    return offsets


def wraps(body: str) -> list[int]:
    """Return the offsets of the line feeds that only wrap a sentence, ascending; none if the text is not wrapped; O(length).

    A text is wrapped if its lines are narrow and most lines that end inside a sentence are full.
    """
    lines = [line.rstrip() for line in body.split("\n")]
    width = max(map(len, lines))
    if not _NARROWEST <= width <= _WIDEST:
        return []
    offsets: list[int] = []
    full = 0
    at = -1
    for raw, (line, following) in zip(body.split("\n"), pairwise(lines), strict=False):
        at += len(raw) + 1
        if not line or not following.strip() or line[-1] in _ENDS:
            continue
        first = following.split(maxsplit=1)[0]
        full += len(line) + 1 + len(first) > width - _SLACK
        offsets.append(at)
    if len(offsets) < _FEWEST or full < _MOST_ARE * len(offsets):
        return []
    return [at for at in offsets if at - body.rfind("\n", 0, at) - 1 >= _NEARLY_FULL * width]
