"""Quotation glyphs paired: which stretches of the text stand between them.

Direction is read from the spaces around a glyph first and from the glyph only then: in scraped news " is every second
glyph, « and » are swapped, and a closing one is often glued to the next word.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from worker.grammar.surface import CONJUNCTIONS, PREPOSITIONS
from worker.lexicons import entries
from worker.pipeline.document import Document

# glyph -> family, direction; glyphs of one family close each other.
_GLYPHS: Final = {glyph: (family, way) for glyph, family, way in map(str.split, entries("quotations/glyphs"))}
_FIRST: Final = frozenset(glyph[0] for glyph in _GLYPHS)
_PROCLITICS: Final = frozenset(c + p for c in CONJUNCTIONS for p in PREPOSITIONS) - {""}
_OPENS_AFTER: Final = frozenset("([{:؛-–—/")
_COMMAS: Final = frozenset("،,")
_CLOSES_BEFORE: Final = frozenset(")]}.،,؛;:؟?!…")
_EDGES: Final = frozenset(".،,؛;:؟?!…-–—*•·|") | _FIRST - {"("} - {")"}
# Who opens inside what is open is nested if both are closed among the next glyphs; a bound keeps '«' * 100_000 linear.
_LOOK_AHEAD: Final = 16
# A quotation over more paragraphs than this is a glyph gone missing.
_MOST_PARAGRAPHS: Final = 8


@dataclass(frozen=True, slots=True)
class Quoted:
    """A stretch between quotation glyphs; one inside another is not told apart.

    Attributes:
        first, last: the tokens inside, both included, without glyphs and punctuation at the edges.
        before: the token before the opening glyph, -1 at the beginning of the text.
        after: the token after the closing glyph and what is glued to it; the number of tokens at the end.
        is_closed: whether a closing glyph was found; without one the stretch ends with a sentence.
    """

    first: int
    last: int
    before: int
    after: int
    is_closed: bool


class _Glyph(NamedTuple):
    first: int  # its first and last token: '((' has two
    last: int
    family: str
    way: str  # open, close or both: its own direction
    may_open: bool  # by what stands around it
    may_close: bool
    is_glued: bool  # to the word after it


def quoted(document: Document) -> Sequence[Quoted]:
    """Return the outermost stretches in text order; found once and kept."""
    found = document.shared.get("quoted")
    if found is None:
        found = document.shared["quoted"] = list(_pair(document))
    return found  # type: ignore[return-value]


def _pair(document: Document) -> Iterator[Quoted]:
    glyphs = _glyphs(document)
    if not glyphs:
        return
    paragraphs = _by_paragraph(document, glyphs)
    carried: _Glyph | None = None  # opened in an earlier paragraph, at `since`
    since = 0
    for number, (last, events) in enumerate(paragraphs):
        if carried is not None and number - since > _MOST_PARAGRAPHS:
            carried = None
        events = list(events)
        if carried is not None:
            same = next((glyph for glyph in events if glyph.family == carried.family), None)
            if same is None:
                continue
            is_first = same is events[0] and _begins_paragraph(document, same)
            if same.may_open and is_first:
                events.remove(same)  # reopened, as newspapers do at each paragraph
            elif _way(same, is_open=True) == "open" and not _is_nested(events, events.index(same)):
                yield from _unclosed(document, carried, _paragraph_end(document, carried))
                carried = None
        stack = [carried] if carried is not None else []
        since = since if stack else number
        carried = None
        for index, glyph in enumerate(events):
            is_open = any(opened.family == glyph.family for opened in stack)
            if _way(glyph, is_open=is_open) == "close":
                if is_open:
                    while stack[-1].family != glyph.family:
                        stack.pop()
                    opened = stack.pop()
                    if not stack:
                        yield from _stretch(document, opened, glyph.first - 1, glyph.last + 1, is_closed=True)
                continue
            if is_open and not _is_nested(events, index):
                while stack and stack[-1].family != glyph.family:
                    stack.pop()
                opened = stack.pop()
                if not stack:
                    yield from _unclosed(document, opened, glyph.first - 1)
            stack.append(glyph)
        if stack:
            carried = stack[0]
    if carried is not None:
        yield from _unclosed(document, carried, _paragraph_end(document, carried))


def _glyphs(document: Document) -> list[_Glyph]:
    tokens, form = document.tokens, document.tokens.form
    found = []
    skip = -1
    for index in [index for index, token in enumerate(form) if token in _FIRST]:
        if index <= skip:
            continue
        last = index
        if form[index] not in _GLYPHS:
            pair = form[index] * 2
            if form[index + 1 : index + 2] != [form[index]] or not tokens.touches_previous(index + 1):
                continue
            last = skip = index + 1
        else:
            pair = form[index]
        family, way = _GLYPHS[pair]
        left = tokens.touches_previous(index)
        right = last + 1 < len(form) and tokens.touches_previous(last + 1)
        before, after = form[index - 1] if index else "", form[last + 1] if last + 1 < len(form) else ""
        may_open, may_close = _directions(before if left else "", after if right else "")
        found.append(_Glyph(index, last, family, way, may_open, may_close, right))
    return found


def _directions(before: str, after: str) -> tuple[bool, bool]:
    """Return whether a glyph between these tokens may open and may close; "" stands for a space."""
    if before in _PROCLITICS or before in _OPENS_AFTER:
        return True, False
    if after in _CLOSES_BEFORE:
        return False, True
    return bool(after) or not before or before in _COMMAS, bool(before) or not after


def _way(glyph: _Glyph, *, is_open: bool) -> str:
    if glyph.way == "open":
        is_closing = is_open and glyph.may_close and not glyph.is_glued
        return "close" if is_closing or (is_open and not glyph.may_open) else "open"
    if glyph.way == "close":
        return "close" if is_open or not glyph.may_open else "open"
    if glyph.may_open != glyph.may_close:
        return "open" if glyph.may_open else "close"
    return "close" if is_open else "open"


def _is_nested(events: Sequence[_Glyph], index: int) -> bool:
    """Whether the glyph at `index`, which opens inside an open one, and that one are both closed soon."""
    depth = 2
    for glyph in events[index + 1 : index + 1 + _LOOK_AHEAD]:
        if glyph.family == events[index].family:
            depth += 1 if _way(glyph, is_open=True) == "open" else -1
            if not depth:
                return True
    return False


def _by_paragraph(document: Document, glyphs: Sequence[_Glyph]) -> Iterator[tuple[int, list[_Glyph]]]:
    """Yield each paragraph's last token and its glyphs."""
    sentences, paragraphs = document.sentences, document.paragraphs
    position = 0
    for number in range(len(paragraphs)):
        end = sentences.first_token[paragraphs.first_sentence[number + 1]]
        start = position
        while position < len(glyphs) and glyphs[position].first < end:
            position += 1
        yield end - 1, list(glyphs[start:position])


def _begins_paragraph(document: Document, glyph: _Glyph) -> bool:
    sentence = document.sentences.of_token(glyph.first)
    return document.sentences.first_token[sentence] == glyph.first


def _paragraph_end(document: Document, glyph: _Glyph) -> int:
    sentences, paragraphs = document.sentences, document.paragraphs
    paragraph = sentences.paragraph[sentences.of_token(glyph.first)]
    return sentences.first_token[paragraphs.first_sentence[paragraph + 1]] - 1


def _unclosed(document: Document, opened: _Glyph, limit: int) -> Iterator[Quoted]:
    """Yield the stretch of a glyph that nothing closes: up to the last end of a sentence at or before token `limit`."""
    sentences = document.sentences
    last_sentence = sentences.of_token(limit)
    end = sentences.first_token[last_sentence + 1] - 1
    if end > limit:
        end = sentences.first_token[last_sentence] - 1
    yield from _stretch(document, opened, end, end + 1, is_closed=False)


def _stretch(document: Document, opened: _Glyph, last: int, after: int, *, is_closed: bool) -> Iterator[Quoted]:
    form = document.tokens.form
    first = opened.last + 1
    while first <= last and form[first] in _EDGES:
        first += 1
    while last >= first and form[last] in _EDGES:
        last -= 1
    if first <= last:
        yield Quoted(first, last, opened.first - 1, after, is_closed)
