"""Spans that hold a whole quotation or bracket or none of it: no glyph in a span opens or closes outside of it."""

from typing import Final

from khabar.grammar.surface import CONJUNCTIONS, PREPOSITIONS
from khabar.lexicons import entries
from khabar.text.document import Document
from khabar.text.tokens import Tokens

_NEUTRAL: Final = '"'
_FAMILIES: Final = dict(line.split("\t")[:2] for line in entries("punctuation/enclosing"))
_OPENERS: Final = frozenset(line.split("\t")[0] for line in entries("punctuation/enclosing") if line.endswith("\topen"))
_BRACKETS: Final = frozenset({"round", "square"})
_PROCLITICS: Final = frozenset((*CONJUNCTIONS, *PREPOSITIONS, "لل"))
_GLYPHS: Final = frozenset(_FAMILIES)
_MOST: Final = 6  # glyphs mended in one span; with more there is nothing to save


def whole(document: Document, first: int, last: int, *, reach: int = 1) -> tuple[int, int] | None:
    """Return the tokens of a span, both inside, so that each glyph in it has its other half in it.

    A glyph whose other half stands next to the span takes that half in; else the span ends before the glyph or begins after it,
    whichever leaves more.

    Args:
        document: with tokens and sentences.
        first, last: tokens of the span, both inside.
        reach: how many tokens behind the span, in its last sentence, the closing glyph may stand.

    Returns:
        None where nothing is left. A span without glyphs comes back as it is; O(length).
    """
    tokens = document.tokens
    form = tokens.form
    if _GLYPHS.isdisjoint(form[first : last + 1]):
        return first, last
    stop = document.sentences.first_token[document.sentences.of_token(last) + 1]
    for _ in range(_MOST):
        glyph = _unpaired(document, first, last)
        if glyph is None:
            return first, last
        family = _FAMILIES[form[glyph]]
        if _opens(tokens, glyph, is_open=False):
            close = _closing(tokens, family, last, min(last + 1 + reach, stop))
            first, last = (first, close) if close else (first, glyph - 1)
        elif first and _FAMILIES.get(form[first - 1]) == family and _opens(tokens, first - 1, is_open=False):
            first -= 1
        else:
            first, last = (first, glyph - 1) if glyph - first >= last - glyph else (glyph + 1, last)
        first, last = _stripped(tokens, first, last)
        if last < first:
            return None
    return None


def whole_span(document: Document, start: int, end: int, *, reach: int = 1) -> tuple[int, int] | None:
    """Return a raw span as `whole` leaves its tokens; its edges stay where they are on the tokens that stay."""
    tokens = document.tokens
    first, last = tokens.at(start), tokens.at(end - 1)
    found = whole(document, first, last, reach=reach)
    if found is None:
        return None
    return (start if found[0] == first else tokens.start[found[0]]), (end if found[1] == last else tokens.end[found[1]])


def _unpaired(document: Document, first: int, last: int) -> int | None:
    """Return the first glyph of the span whose other half is not in it.

    One that opens a paragraph of a longer quotation once more has none.
    """
    tokens = document.tokens
    form = tokens.form
    open_glyphs: dict[str, list[int]] = {}
    for index in range(first, last + 1):
        family = _FAMILIES.get(form[index])
        if family is None:
            continue
        opened = open_glyphs.setdefault(family, [])
        if _opens(tokens, index, is_open=bool(opened)):
            is_reopened = index > first and "\n" in document.text[tokens.norm_end[index - 1] : tokens.norm_start[index]]
            if not (is_reopened and family not in _BRACKETS):
                opened.append(index)
        elif opened:
            opened.pop()
        else:
            return index
    return min((opened[0] for opened in open_glyphs.values() if opened), default=None)


def _opens(tokens: Tokens, glyph: int, *, is_open: bool) -> bool:
    """Whether the glyph opens: one of quotations by the side on which it touches a word, else by its shape, else by turns.

    Scraped news closes with “ and opens with ”, and stretches a proclitic up to the glyph (بـ”...).
    """
    form = tokens.form
    if _FAMILIES[form[glyph]] in _BRACKETS:
        return form[glyph] in _OPENERS
    touches_next = glyph + 1 < len(tokens) and tokens.touches_previous(glyph + 1) and form[glyph + 1][0].isalnum()
    touches_before = tokens.touches_previous(glyph) and form[glyph - 1] not in _PROCLITICS
    if touches_next != touches_before:
        return touches_next
    return not is_open if form[glyph] == _NEUTRAL else form[glyph] in _OPENERS


def _closing(tokens: Tokens, family: str, last: int, stop: int) -> int | None:
    """Return the closing glyph of the family behind the span and before token `stop`."""
    for index in range(last + 1, stop):
        if _FAMILIES.get(tokens.form[index]) == family:
            return None if _opens(tokens, index, is_open=True) else index
    return None


def _stripped(tokens: Tokens, first: int, last: int) -> tuple[int, int]:
    """Return the span without punctuation at its edges, but glyphs of a whole pair."""
    form = tokens.form
    while first <= last and not form[first][0].isalnum() and form[first] not in _GLYPHS:
        first += 1
    while first <= last and not form[last][0].isalnum() and form[last] not in _GLYPHS and form[last] != "%":
        last -= 1
    return first, last
