"""Cases of statements to learn from: where a cue's statement begins, and where it ends."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from khabar.grammar.speech.glyphs import quoted
from khabar.grammar.speech.narration import Line, lines
from khabar.reference.cues import Chooser, Cue, CueReader
from khabar.reference.mentions import Referent
from khabar.reference.weights import JoinedWeights, flat
from khabar.statements.endings import endings
from khabar.statements.finder import Statement, StatementFinder
from khabar.statements.marks import LineMarks
from khabar.statements.openings import Opening
from khabar.statements.reading import SpeechReader, label_of
from khabar.text.document import Document
from khabar.text.layers import ENTITIES
from training.reference.articles import Said, Told
from training.reference.cases import canonical, names_of, share
from training.reference.ranker import Example

# A cue of two words (كما قال) is marked at the first; it is found at the second.
_CUE_WORDS: Final = 2
# The colon of a label stands so many tokens before what is said at most.
_LABEL_GAP: Final = 3
# An ending so many characters off is the right one still: a glyph, an adverb.
_NEAR: Final = 25
_SAME: Final = 0.5


class Learned(NamedTuple):
    """What the cues of an article teach."""

    openings: list[Example]
    endings: list[Example]


class Score(NamedTuple):
    """How an article's statements were found.

    Attributes:
        annotated, found, right: statements; right are those that share half of what both cover.
        kinds, speakers: how many of the right ones have the right kind, and the right speaker.
    """

    annotated: int
    found: int
    right: int
    kinds: int
    speakers: int


def learn_from(told: Told, document: Document, choose: Chooser) -> Learned:
    """Return the examples of an article; every cue without an annotated statement is one of none."""
    stretches = quoted(document)
    reader = CueReader(document, stretches, document.require(ENTITIES), choose)
    nothing = JoinedWeights({})
    finder = StatementFinder(document, stretches, reader.subjects.mentions, nothing, nothing)
    taught = Learned([], [])
    at_cue: dict[int, list[Said]] = {}
    for said in told.statements:
        if said.cue is not None:
            at_cue.setdefault(document.tokens.at(said.cue[0]), []).append(said)

    def note(line: Line, cues: Sequence[Cue]) -> frozenset[int]:
        marks = finder.marks(line, cues)
        cases = [(cue, finder.openings(marks, cue), _said_at(cue, at_cue)) for cue in cues]
        marks.said = frozenset(cue.position for cue, _, said in cases if said)
        for cue, places, said in cases:
            _note(document, finder, marks, cue, places, said, taught)
        return marks.said

    reader.opens = note
    for line in lines(document, stretches):
        cues = reader.read(line)
        label = label_of(document, reader, line, cues)
        if label is not None:
            labelled = [
                one
                for one in told.statements
                if one.cue is None and 0 <= document.tokens.at(one.start) - label.token <= _LABEL_GAP
            ]
            marks = finder.marks(line, cues)
            _note(document, finder, marks, label, finder.openings(marks, label), labelled, taught)
    return taught


def _said_at(cue: Cue, at_cue: dict[int, list[Said]]) -> list[Said]:
    """Return the annotated statements of a cue."""
    back = _CUE_WORDS if cue.is_particle else 0
    return next((at_cue[token] for token in range(cue.token, cue.token - back - 1, -1) if token in at_cue), [])


def _note(
    document: Document,
    finder: StatementFinder,
    marks: LineMarks,
    cue: Cue,
    places: Sequence[Opening],
    said: Sequence[Said],
    taught: Learned,
) -> None:
    if any(not one.is_sure for one in said):
        return
    features = [flat(place.features) for place in places]
    if not said:
        taught.openings.append(Example(features, {len(places) - 1}))
        return
    right: set[int] = set()
    for index, place in enumerate(places):
        one = _beginning_at(document, marks, place, said)
        if one is None:
            continue
        right.add(index)
        ends = endings(marks, cue, place)
        off = [abs(finder.span(marks, place, end.last)[1] - one.end) for end in ends]
        if min(off) <= _NEAR:
            taught.endings.append(Example([flat(end.features) for end in ends], {off.index(min(off))}))
    if right:
        taught.openings.append(Example(features, right))


def _beginning_at(document: Document, marks: LineMarks, place: Opening, said: Sequence[Said]) -> Said | None:
    item = marks.line[place.first] if place.first >= 0 else -1
    if item < 0:
        return None
    return next((one for one in said if one.kind == place.kind and document.tokens.at(one.start) == item), None)


def score(told: Told, document: Document, reader: SpeechReader) -> Score:
    """Compare what a reader finds with what is annotated; what overlaps a doubtful statement does not count."""
    unsure = [one for one in told.statements if not one.is_sure]
    annotated = [one for one in told.statements if one.is_sure]
    found = [
        one
        for one in reader.read(document, document.require(ENTITIES)).statements
        if not any(one.start < other.end and other.start < one.end for other in unsure)
    ]
    pairs = list(_pairs(found, annotated))
    kinds = sum(one.opening.kind == other.kind for one, other in pairs)
    speakers = sum(_is_speaker(one.cue.who, other, told) for one, other in pairs)
    return Score(len(annotated), len(found), len(pairs), kinds, speakers)


def _pairs(found: Sequence[Statement], annotated: Sequence[Said]) -> Iterator[tuple[Statement, Said]]:
    """Yield what belongs together, the greatest overlap first; each once."""
    shares = sorted(
        (
            (share(one.start, one.end, other.start, other.end), i, j)
            for i, one in enumerate(found)
            for j, other in enumerate(annotated)
        ),
        reverse=True,
    )
    used: set[int] = set()
    taken: set[int] = set()
    for overlap, i, j in shares:
        if overlap >= _SAME and i not in used and j not in taken:
            used.add(i)
            taken.add(j)
            yield found[i], annotated[j]


def _is_speaker(who: Referent | None, said: Said, told: Told) -> bool:
    if who is None or not said.speaker:
        return who is None and not said.speaker
    return canonical(who.name) in names_of(said, told)
