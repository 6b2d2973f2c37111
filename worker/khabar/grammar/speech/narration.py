"""Lines: the sentences of the reporter's own text, where each quoted stretch is one item and does not end a sentence."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

from khabar.grammar.speech.glyphs import Quoted
from khabar.text.document import Document

Line = list[int]


def lines(document: Document, stretches: Sequence[Quoted]) -> list[Line]:
    """Cut the text into sentences outside the quoted stretches.

    Returns:
        The items of each sentence in order: the index of a token, or ~n for stretch n. Quotation glyphs are left out.
    """
    starts = document.sentences.first_token
    found: list[Line] = []
    position, total = 0, len(document.tokens)
    for number, stretch in enumerate(stretches):
        _copy(found, starts, position, stretch.before + 1)
        if not found or _begins(starts, stretch.before + 1):
            found.append([])
        found[-1].append(~number)
        position = stretch.after
    _copy(found, starts, position, total)
    return found


def word_at(form: Sequence[str], line: Line, position: int) -> str:
    """Return the form of the token at a position of a line; "" outside the line and for quoted stretches."""
    return form[line[position]] if 0 <= position < len(line) and line[position] >= 0 else ""


def _begins(starts: Sequence[int], token: int) -> bool:
    at = bisect_left(starts, token)
    return at < len(starts) and starts[at] == token


def _copy(found: list[Line], starts: Sequence[int], first: int, end: int) -> None:
    edges = starts[bisect_left(starts, first) : bisect_left(starts, end)]
    stop = edges[0] if edges else end
    if first < stop:  # the line of the token before continues
        if not found:
            found.append([])
        found[-1] += range(first, stop)
    found += [list(range(*edge)) for edge in pairwise([*edges, end])]
