"""Find who says what in a document. Its lines are read once, for quotations and for statements."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.speech.glyphs import quoted
from khabar.grammar.speech.narration import Line, lines
from khabar.messages.record import Entity
from khabar.reference.attribution import Attribution, Attributor
from khabar.reference.cues import Chooser, Cue, CueReader
from khabar.reference.resolver import Resolver
from khabar.reference.weights import JoinedWeights, Weights
from khabar.reference.wording import Wording
from khabar.statements.finder import Statement, StatementFinder
from khabar.text.document import Document
from khabar.text.layers import ENTITIES

# A label before a colon (فلان: ...) has at most this many items, with the colon.
_LONGEST_LABEL: Final = 17


@dataclass(frozen=True, slots=True)
class Speech:
    """The quotations and statements of a document.

    Attributes:
        attributions: one for each quoted stretch, in text order.
        statements: in the order of their cues.
        wording: judges the words of quoted stretches.
    """

    attributions: Sequence[Attribution]
    statements: Sequence[Statement]
    wording: Wording


class SpeechReader:
    """Reads documents, all with the same weights."""

    def __init__(self, choose: Chooser, opening: JoinedWeights, ending: JoinedWeights) -> None:
        """Take a chooser of speakers, and the weights that decide where statements begin and end."""
        self._choose = choose
        self._opening = opening
        self._ending = ending

    def read(self, document: Document, entities: Sequence[Entity]) -> Speech:
        """Read a segmented document with its entities."""
        stretches = quoted(document)
        cues = CueReader(document, stretches, entities, self._choose)
        finder = StatementFinder(document, stretches, cues.subjects.mentions, self._opening, self._ending)
        cues.opens = finder.opens
        attributor = Attributor(document, stretches, cues)
        attributions: list[Attribution] = []
        statements: list[Statement] = []
        rest = boilerplate(document)
        starts = document.tokens.start
        for line in lines(document, stretches):
            edges = (line[0], line[-1])
            if all(item >= 0 and rest.covers(starts[item]) for item in edges):
                continue  # links to other stories: their speakers do not belong to this one
            found = cues.read(line)
            statements += finder.found(line, found, label_of(document, cues, line, found))
            attributions += attributor.attribute(line, found)
        return Speech(attributions, statements, attributor.wording)


def label_of(document: Document, reader: CueReader, line: Line, cues: Collection[Cue]) -> Cue | None:
    """Return a cue for the speaker named or described before the line's first colon; None if another cue precedes the colon."""
    form = document.tokens.form
    for position, item in enumerate(line[:_LONGEST_LABEL]):
        if item >= 0 and form[item] == ":":
            if position + 1 >= len(line) or line[position + 1] < 0 or any(cue.position < position for cue in cues):
                return None
            return reader.label(line, position)
    return None


def speech(document: Document) -> Speech:
    """Return the speech of a segmented document; read once, with the weights in the package, and kept in the document."""
    return document.once(_read)


def _read(document: Document) -> Speech:
    reader = SpeechReader(
        Resolver(Weights.load("speakers")),
        JoinedWeights.load("statement_openings"),
        JoinedWeights.load("statement_endings"),
    )
    return reader.read(document, document.get(ENTITIES) or [])
