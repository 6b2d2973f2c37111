"""Correct spans so that quotation marks and brackets in them are in pairs: no glyph in a span has its partner outside."""

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
_MOST: Final = 6  # unpaired glyphs to correct in one span; a span with more is given up


def whole(document: Document, first: int, last: int, *, reach: int = 1) -> tuple[int, int] | None:
    """Return the first and the last token of a span, corrected so that each glyph in it has its partner in it.

    If the partner of a glyph is next to the span, the span is extended. Otherwise it ends before the glyph or begins after it,
    whichever leaves more tokens.

    Args:
        document: has tokens and sentences.
        first, last: the first and the last token of the span.
        reach: the closing glyph may be at most this many tokens after the span, in the span's last sentence.

    Returns:
        The new span; None if nothing is left of it. A span without glyphs is returned unchanged. The time is O(length).
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
    """Correct a raw span in the way of `whole`; an edge whose token does not change stays where it is."""
    tokens = document.tokens
    first, last = tokens.at(start), tokens.at(end - 1)
    found = whole(document, first, last, reach=reach)
    if found is None:
        return None
    return (start if found[0] == first else tokens.start[found[0]]), (end if found[1] == last else tokens.end[found[1]])


def _unpaired(document: Document, first: int, last: int) -> int | None:
    """Return the first glyph of the span whose partner is not in it.

    A glyph that reopens a quotation at the start of a paragraph needs no partner.
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
    """Whether the glyph opens a bracket or a quotation.

    Brackets are told by their shape. A quotation mark is told by the side on which it touches a word, because scraped news
    closes with “ and opens with ”; a proclitic that touches it (بـ”...) does not count. If that does not decide, its shape does,
    and for a mark without direction, whether a quotation is open.
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
    """Return the first glyph of the family after the span and before token `stop`; None if it does not close."""
    for index in range(last + 1, stop):
        if _FAMILIES.get(tokens.form[index]) == family:
            return None if _opens(tokens, index, is_open=True) else index
    return None


def _stripped(tokens: Tokens, first: int, last: int) -> tuple[int, int]:
    """Return the span without punctuation at its edges, except quotation marks and brackets."""
    form = tokens.form
    while first <= last and not form[first][0].isalnum() and form[first] not in _GLYPHS:
        first += 1
    while first <= last and not form[last][0].isalnum() and form[last] not in _GLYPHS and form[last] != "%":
        last -= 1
    return first, last
