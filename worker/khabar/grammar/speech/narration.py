"""Sentences as their writer tells them: what stands between quotation glyphs is one item and ends no sentence."""

from collections.abc import Sequence

from khabar.grammar.speech.glyphs import Quoted
from khabar.text.document import Document

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


def word_at(form: Sequence[str], line: Line, position: int) -> str:
    """Return the form at a position of a line, "" where there is none or a quoted stretch."""
    return form[line[position]] if 0 <= position < len(line) and line[position] >= 0 else ""


def _copy(found: list[Line], starts: frozenset[int], first: int, end: int) -> None:
    for token in range(first, end):
        if token in starts or not found:
            found.append([])
        found[-1].append(token)
