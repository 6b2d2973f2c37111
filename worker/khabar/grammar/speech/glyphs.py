"""Pair quotation glyphs, and find the stretches of the text between them.

Whether a glyph opens or closes is read first from the spaces around it, then from the glyph itself. In scraped news, every second
glyph is ", which has no direction; « and » are often swapped; and a closing glyph often touches the next word.
"""

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from khabar.grammar.surface import CONJUNCTIONS, PREPOSITIONS
from khabar.lexicons import entries
from khabar.text.document import Document

# Glyph -> family and direction; a glyph closes glyphs of its own family.
_GLYPHS: Final = {glyph: (family, way) for glyph, family, way in map(str.split, entries("quotations/glyphs"))}
_FIRST: Final = frozenset(glyph[0] for glyph in _GLYPHS)
_PROCLITICS: Final = frozenset(c + p for c in CONJUNCTIONS for p in PREPOSITIONS) - {""}
_OPENS_AFTER: Final = frozenset("([{:؛-–—/")
_COMMAS: Final = frozenset("،,")
_CLOSES_BEFORE: Final = frozenset(")]}.،,؛;:؟?!…")
_EDGES: Final = frozenset(".،,؛;:؟?!…-–—*•·|") | _FIRST - {"("} - {")"}
# A glyph that opens inside an open one is nested if both close within this many glyphs; the bound keeps '«' * 100_000 linear.
_LOOK_AHEAD: Final = 16
# If a quotation covers more paragraphs than this, its closing glyph is missing.
_MOST_PARAGRAPHS: Final = 8


@dataclass(frozen=True, slots=True)
class Quoted:
    """A stretch between quotation glyphs; a stretch inside another is not listed separately.

    Attributes:
        first, last: the first and the last token inside, without glyphs and punctuation at the edges.
        before: the token before the opening glyph; -1 at the beginning of the text.
        after: the token after the closing glyph; the number of tokens at the end of the text.
        is_closed: whether a closing glyph was found; without one the stretch ends with a sentence.
    """

    first: int
    last: int
    before: int
    after: int
    is_closed: bool


class _Glyph(NamedTuple):
    first: int  # its first and last token; '((' has two tokens
    last: int
    family: str
    way: str  # its own direction: open, close or both
    may_open: bool  # judged by the tokens around it
    may_close: bool
    is_glued: bool  # whether it touches the word after it


def quoted(document: Document) -> Sequence[Quoted]:
    """Return the outermost stretches in text order; found once and kept in the document."""
    return document.once(_find)


def _find(document: Document) -> list[Quoted]:
    return list(_pair(document))


def _pair(document: Document) -> Iterator[Quoted]:
    glyphs = _glyphs(document)
    pairing = _Pairing(document)
    for events in _by_paragraph(document, glyphs) if glyphs else ():
        yield from pairing.paragraph(events)
    yield from pairing.end()


class _Pairing:
    """Pairs glyphs, one paragraph after the other; a quotation may continue in the next paragraph."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._stack: list[_Glyph] = []  # open glyphs, the outermost first
        self._paragraphs = 0  # number of paragraphs for which the outermost has been open

    def paragraph(self, events: list[_Glyph]) -> Iterator[Quoted]:
        """Yield the stretches that end in the paragraph with these glyphs."""
        if self._stack:
            events = yield from self._carry_on(events)
        for index, glyph in enumerate(events):
            is_open = any(opened.family == glyph.family for opened in self._stack)
            if _way(glyph, is_open=is_open) == "open":
                if is_open and not _is_nested(events, index):
                    yield from self._give_up(glyph.first - 1, glyph.family)
                self._stack.append(glyph)
            elif is_open:
                opened = self._pop(glyph.family)
                if not self._stack:
                    yield from _stretch(self._document, opened, glyph.first - 1, glyph.last + 1, is_closed=True)

    def end(self) -> Iterator[Quoted]:
        """Yield the stretch that is still open at the end of the text."""
        if self._stack:
            yield from _unclosed(self._document, self._stack[0], _paragraph_end(self._document, self._stack[0]))

    def _carry_on(self, events: list[_Glyph]) -> Generator[Quoted, None, list[_Glyph]]:
        """Decide whether the open quotation continues in this paragraph; return the glyphs that are left to read."""
        carried = self._stack[0]
        self._stack = [carried]
        self._paragraphs += 1
        same = next((index for index, glyph in enumerate(events) if glyph.family == carried.family), None)
        if same is None:
            if self._paragraphs > _MOST_PARAGRAPHS:
                yield from self._end_there(carried)
            return events
        if same == 0 and events[0].may_open and _begins_paragraph(self._document, events[0]):
            return events[1:]  # reopened, as newspapers do at each paragraph
        if _way(events[same], is_open=True) == "open" and not _is_nested(events, same):
            yield from self._end_there(carried)
        return events

    def _end_there(self, carried: _Glyph) -> Iterator[Quoted]:
        self._stack, self._paragraphs = [], 0
        yield from _unclosed(self._document, carried, _paragraph_end(self._document, carried))

    def _give_up(self, limit: int, family: str) -> Iterator[Quoted]:
        """End the open stretch of this family before token `limit`, because its closing glyph is missing."""
        opened = self._pop(family)
        if not self._stack:
            yield from _unclosed(self._document, opened, limit)

    def _pop(self, family: str) -> _Glyph:
        """Remove and return the innermost open glyph of this family; glyphs inside it were never closed and are dropped."""
        self._paragraphs = 0
        while self._stack[-1].family != family:
            self._stack.pop()
        return self._stack.pop()


def _glyphs(document: Document) -> list[_Glyph]:
    tokens, form = document.tokens, document.tokens.form
    found: list[_Glyph] = []
    for index in [index for index, token in enumerate(form) if token in _FIRST]:
        if found and index <= found[-1].last:
            continue
        last = index
        if form[index] not in _GLYPHS and form[index + 1 : index + 2] == [form[index]]:
            last += int(tokens.touches_previous(index + 1))
        glyph = "".join(form[index : last + 1])
        if glyph not in _GLYPHS:
            continue
        family, way = _GLYPHS[glyph]
        is_glued = last + 1 < len(form) and tokens.touches_previous(last + 1)
        before = form[index - 1] if tokens.touches_previous(index) else ""
        may_open, may_close = _directions(before, form[last + 1] if is_glued else "")
        found.append(_Glyph(index, last, family, way, may_open, may_close, is_glued))
    return found


def _directions(before: str, after: str) -> tuple[bool, bool]:
    """Return whether a glyph between these tokens may open and may close; "" stands for a space."""
    if before in _PROCLITICS or before in _OPENS_AFTER:
        return True, False
    if after in _CLOSES_BEFORE:
        return False, True
    return bool(after) or not before or before in _COMMAS, bool(before) or not after


def _way(glyph: _Glyph, *, is_open: bool) -> str:
    """Return "open" or "close"; `is_open` tells whether a glyph of its family is open."""
    if glyph.way == "open":
        is_closing = is_open and glyph.may_close and not glyph.is_glued
        return "close" if is_closing or (is_open and not glyph.may_open) else "open"
    if glyph.way == "close":
        return "close" if is_open or not glyph.may_open else "open"
    if glyph.may_open != glyph.may_close:
        return "open" if glyph.may_open else "close"
    return "close" if is_open else "open"


def _is_nested(events: Sequence[_Glyph], index: int) -> bool:
    """Whether the glyph at `index`, which opens inside an open one, and the outer one both close soon."""
    depth = 2
    for glyph in events[index + 1 : index + 1 + _LOOK_AHEAD]:
        if glyph.family == events[index].family:
            depth += 1 if _way(glyph, is_open=True) == "open" else -1
            if not depth:
                return True
    return False


def _by_paragraph(document: Document, glyphs: Sequence[_Glyph]) -> Iterator[list[_Glyph]]:
    sentences, paragraphs = document.sentences, document.paragraphs
    position = 0
    for number in range(len(paragraphs)):
        end = sentences.first_token[paragraphs.first_sentence[number + 1]]
        start = position
        while position < len(glyphs) and glyphs[position].first < end:
            position += 1
        yield list(glyphs[start:position])


def _begins_paragraph(document: Document, glyph: _Glyph) -> bool:
    sentence = document.sentences.of_token(glyph.first)
    return document.sentences.first_token[sentence] == glyph.first


def _paragraph_end(document: Document, glyph: _Glyph) -> int:
    sentences, paragraphs = document.sentences, document.paragraphs
    paragraph = sentences.paragraph[sentences.of_token(glyph.first)]
    return sentences.first_token[paragraphs.first_sentence[paragraph + 1]] - 1


def _unclosed(document: Document, opened: _Glyph, limit: int) -> Iterator[Quoted]:
    """Yield the stretch of a glyph that is never closed: up to the last end of a sentence at or before token `limit`."""
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
