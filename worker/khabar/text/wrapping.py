"""Hard-wrapped text: lines that end because they are full, not because something ends."""

from itertools import pairwise
from typing import Final

# Lines of columns, terminals and mails; longer ones are paragraphs.
_NARROWEST: Final = 40
_WIDEST: Final = 140
# A line that ends without a mark of its own is full where the next word would have stuck out; letters differ in width.
_SLACK: Final = 3
_FEWEST: Final = 4
_MOST_ARE: Final = 0.6
_NEARLY_FULL: Final = 0.7
_ENDS: Final = frozenset('.!?؟:؛…"”»)')


def wraps(body: str) -> list[int]:
    """Return the offsets of the line feeds that only wrap a sentence, ascending; none in a text that is not wrapped.

    A text is wrapped where its lines are narrow and most of those that end in the middle of a sentence are full. O(length).
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
