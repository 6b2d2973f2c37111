"""Find the statements of one document, line by line: which cues open one, where it begins and where it ends."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from khabar.grammar.speech.glyphs import Quoted
from khabar.grammar.speech.narration import Line
from khabar.reference.cues import Cue
from khabar.reference.mentions import Mentions
from khabar.reference.weights import JoinedWeights
from khabar.statements.endings import endings
from khabar.statements.marks import LineMarks
from khabar.statements.openings import Opening, openings
from khabar.text.document import Document

# A statement with a greater share of its words between quotation glyphs is a quotation.
_MOST: Final = 0.5
# Real sentences have at most about a dozen cues. The limit bounds the time for lists, and for text made to keep workers busy.
_MOST_CUES: Final = 32
_OUTER: Final = frozenset(("comma", "dash", "colon", "stop", "open"))


class Statement(NamedTuple):
    """A statement.

    Attributes:
        start, end: raw offsets.
        first: its first token.
        opening: the place where it begins.
        cue: its cue, with the speaker.
        line: the cue's line.
    """

    start: int
    end: int
    first: int
    opening: Opening
    cue: Cue
    line: Line


class StatementFinder:
    """Finds the statements in the lines of one document, which must be passed in order."""

    def __init__(
        self,
        document: Document,
        stretches: Sequence[Quoted],
        mentions: Mentions,
        opening: JoinedWeights,
        ending: JoinedWeights,
    ) -> None:
        """Take the results of earlier steps for the document, and the weights for openings and endings."""
        self._document = document
        self._stretches = stretches
        self._mentions = mentions
        self._opening = opening
        self._ending = ending
        self._marks: LineMarks | None = None
        self._chosen: dict[int, Opening] = {}

    def opens(self, line: Line, cues: Sequence[Cue]) -> dict[int, Opening]:
        """Return position of a cue -> opening of its statement, for the cues of a line that open one."""
        self._marks = marks = self.marks(line, cues)
        self._chosen = {}
        for cue in cues[:_MOST_CUES]:
            found = self.openings(marks, cue)
            if (chosen := found[self._opening.best_unless_none(one.features for one in found)]).first >= 0:
                self._chosen[cue.position] = chosen
        marks.said = frozenset(self._chosen)
        return self._chosen

    def marks(self, line: Line, cues: Sequence[Cue]) -> LineMarks:
        """Return the items of a line; weak cues count as words."""
        sure = [cue for cue in cues if not cue.is_weak]
        return LineMarks(self._document, self._stretches, self._mentions, line, sure)

    def openings(self, marks: LineMarks, cue: Cue) -> list[Opening]:
        """Return the places where the statement of a cue may begin; the last one means that it opens no statement."""
        in_title = self._document.tokens.start[cue.token] < self._document.title_end
        return openings(marks, cue, in_title=in_title)

    def found(self, line: Line, cues: Sequence[Cue], label: Cue | None) -> Iterator[Statement]:
        """Yield the statements of a line after `opens` was called for it, and the statement of its label if that opens one."""
        is_marked = self._marks is not None and self._marks.line is line
        if not is_marked and label is None:
            return  # no cue in it
        marks = self._marks if self._marks is not None and is_marked else self.marks(line, cues)
        taken: set[int] = set()
        for cue in cues:
            opening = self._chosen.get(cue.position) if marks is self._marks else None
            if opening is not None and opening.first not in taken:
                taken.add(opening.first)
                yield from self._statement(marks, cue, opening)
        if label is not None:
            places = self.openings(marks, label)
            chosen = places[self._opening.best_unless_none(one.features for one in places)]
            if chosen.first >= 0 and chosen.first not in taken:
                yield from self._statement(marks, label, chosen)

    def _statement(self, marks: LineMarks, cue: Cue, opening: Opening) -> Iterator[Statement]:
        """Yield the statement, unless most of it is between quotation glyphs: then it is a quotation."""
        places = endings(marks, cue, opening)
        last = places[self._ending.best(one.features for one in places)].last
        if marks.quoted[last + 1] - marks.quoted[opening.first] > _MOST * (
            marks.words[last + 1] - marks.words[opening.first]
        ):
            return
        start, end = self.span(marks, opening, last)
        item = marks.line[opening.first]
        first = item if item >= 0 else self._stretches[~item].first
        yield Statement(start, end, first, opening, cue, marks.line)

    def span(self, marks: LineMarks, opening: Opening, last: int) -> tuple[int, int]:
        """Return the raw span of the items from an opening to item `last`, without punctuation at its end.

        It includes the glyphs around quoted stretches. It leaves out proclitics of its first word: و and ف of a clause without
        complementizer, otherwise all of them.
        """
        line, document = marks.line, self._document
        while last > opening.first and marks.items[last].kind in _OUTER:
            last -= 1
        first, mark = line[opening.first], marks.items[opening.first]
        start = document.token_span(*self._tokens(first))[0]
        if first >= 0 and mark.proclitic:
            joined = (
                mark.proclitic if mark.kind == "that" or opening.kind == "nominal" else _conjunction(mark.proclitic)
            )
            start = document.token_span(first, first, skip=len(joined))[0]
        return start, document.token_span(*self._tokens(line[last]))[1]

    def _tokens(self, item: int) -> tuple[int, int]:
        if item >= 0:
            return item, item
        stretch = self._stretches[~item]
        last = min(stretch.after, len(self._document.tokens)) - 1
        return stretch.before + 1, max(last, stretch.last)


def _conjunction(proclitic: str) -> str:
    return proclitic[:1] if proclitic[:1] in ("و", "ف") else ""
