"""Sentences as their writer tells them: what stands between quotation glyphs is one item and ends no sentence."""

from collections.abc import Sequence

from worker.grammar.glyphs import Quoted
from worker.pipeline.document import Document

Line = list[int]


def lines(document: Document, stretches: Sequence[Quoted]) -> list[Line]:
    """Cut the text into sentences outside the quoted stretches.

    Returns:
        For each sentence its items in order: a token's index, or ~n for stretch n. Glyphs are in no line.
    """
    starts = frozenset(document.sentences.first_token)
    found: list[Line] = []
    position, total = 0, len(document.tokens)
    for number, stretch in enumerate(stretches):
        _copy(found, starts, position, stretch.before + 1)
        if not found or stretch.before + 1 in starts:
            found.append([])
        found[-1].append(~number)
        position = stretch.after
    _copy(found, starts, position, total)
    return found


def _copy(found: list[Line], starts: frozenset[int], first: int, end: int) -> None:
    for token in range(first, end):
        if token in starts or not found:
            found.append([])
        found[-1].append(token)
