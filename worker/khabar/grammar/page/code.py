"""Remains of style sheets, scripts and attributes in a line: stretches without Arabic words that contain signs of code."""

from collections.abc import Iterator, Sequence
from typing import Final

_HINTS: Final = frozenset("{}>=")
_SIGNS: Final = frozenset("{};=<>[]")
_FEWEST: Final = 6  # tokens; {1} is a footnote
_FEWEST_SIGNS: Final = 3


def code(form: Sequence[str], page_lines: Sequence[range]) -> Iterator[range]:
    """Yield the tokens of each stretch of code, in text order.

    Args:
        form: forms of the tokens.
        page_lines: the lines of the text, as token ranges.
    """
    if _HINTS.isdisjoint(form):
        return
    for line in page_lines:
        start = line.start
        while start < line.stop:
            stop = start
            while stop < line.stop and not _is_arabic(form[stop]):
                stop += 1
            words = form[start:stop]
            if len(words) >= _FEWEST and sum(word in _SIGNS for word in words) >= _FEWEST_SIGNS:
                yield range(start, stop)
            start = stop + 1
        if form[line.start] == "alt" and form[line.stop - 1] == ">":
            yield line  # alt="..." />


def _is_arabic(token: str) -> bool:
    return "ء" <= token[0] <= "ي"
