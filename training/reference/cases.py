"""Cases to learn from: the cues of annotated articles with their candidates, and the quoted stretches with what they are."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Final, NamedTuple

from khabar.entities.geo import Gazetteer
from khabar.entities.recognizer import Name
from khabar.entities.spelling import fold
from khabar.extractors.entities import EntityExtractor
from khabar.grammar.speech.glyphs import quoted
from khabar.grammar.speech.narration import lines
from khabar.messages.record import Entity
from khabar.reference.candidates import Candidate, Case
from khabar.reference.cues import Chooser, CueReader
from khabar.reference.speech import SpeechFeatures
from khabar.reference.weights import Features, flat
from khabar.statements.reading import SpeechReader
from khabar.text.document import Document
from khabar.text.layers import ENTITIES
from training.reference.articles import Said, Told
from training.reference.ranker import Example

# A label is so many items long at most.
_LABEL: Final = 17
_SAME_STRETCH: Final = 0.6
# What the rules that came before the weights believed, best first; they teach where nothing is annotated.
_RULES: Final = ("A", "R", "B", "a", "r", "b", "T", "G", "S1", "0")


class Outcome(NamedTuple):
    """A case of an annotated cue: its features, which candidates are right, and which one was chosen."""

    said: Said
    layer: str
    case: Case
    features: Sequence[Sequence[str]]
    right: frozenset[int]
    chosen: int


class Stretch(NamedTuple):
    """A quoted stretch: its features, and direct, partial, none or ? for what is in doubt."""

    features: list[str]
    truth: str


class Given:
    """A recognizer that finds what it is told to."""

    models: Mapping[str, str] = MappingProxyType({})

    def __init__(self) -> None:
        self.names: Sequence[Name] = ()

    def recognize(self, document: Document) -> list[Name]:  # noqa: ARG002
        """Return the names."""
        return list(self.names)


def with_entities(told: Told, names: Sequence[Name], extractor: EntityExtractor, given: Given) -> Document:
    """Return a copy of the article's document with these names as its entities."""
    document = told.document.copy(())
    given.names = names
    document.layers[ENTITIES.name] = extractor.extract(document)
    return document


def entity_extractor() -> tuple[EntityExtractor, Given]:
    """Return an extractor of entities and the recognizer that it asks."""
    given = Given()
    return EntityExtractor(given, Gazetteer.load()), given


def by_rule(case: Case, _: Sequence[Features], /) -> int:
    """Choose as the rules did."""
    for role in _RULES:
        for index, candidate in enumerate(case.candidates):
            if role in candidate.roles:
                return index
    return len(case.candidates) - 1


@dataclass(slots=True)
class Teacher:
    """Chooses what is annotated, so that who spoke before is right for the next case; notes every annotated case.

    Attributes:
        told: the article. cues: token -> what is annotated there. choose: asked for each case; its choice is kept where
            nothing is annotated, or where `is_teaching` is false.
        outcomes: of the annotated cases.
    """

    told: Told
    cues: dict[int, tuple[str, Said]]
    choose: Chooser
    is_teaching: bool
    outcomes: list[Outcome] = field(default_factory=list)

    def __call__(self, case: Case, features: Sequence[Features]) -> int:
        """Return the index of the candidate that counts as chosen."""
        chosen = self.choose(case, features)
        annotated = self.cues.get(case.token)
        if annotated is None:
            return chosen
        layer, said = annotated
        right = frozenset(_right(case, said, self.told))
        self.outcomes.append(Outcome(said, layer, case, list(map(flat, features)), right, chosen))
        return chosen if not right or chosen in right or not self.is_teaching else min(right)


def speakers(told: Told, document: Document, choose: Chooser, *, is_teaching: bool = True) -> list[Outcome]:
    """Return the outcomes of the annotated cues of an article."""
    teacher = Teacher(told, dict(_cues(told)), choose, is_teaching)
    stretches = quoted(document)
    reader = CueReader(document, stretches, document.require(ENTITIES), teacher)
    reader.opens = lambda _, cues: {cue.position for cue in cues if cue.token in teacher.cues}
    form = document.tokens.form
    for line in lines(document, stretches):
        cues = reader.read(line)
        for position, item in enumerate(line[:_LABEL]):
            is_colon = item >= 0 and form[item] == ":" and item in teacher.cues
            if is_colon and not any(cue.position < position for cue in cues):
                reader.label(line, position)
    return teacher.outcomes


def is_by_name(one: Outcome) -> bool:
    """Whether the right one was chosen, and under the annotated name."""
    who = one.case.candidates[one.chosen].referent
    return one.chosen in one.right and canonical(who.name if who else "") == canonical(one.said.speaker or "")


def stretches(told: Told, document: Document, reader: SpeechReader) -> list[Stretch]:
    """Return the quoted stretches of an article with what they are."""
    speech = reader.read(document, document.require(ENTITIES))
    features = SpeechFeatures(document, speech.wording)
    rows = []
    for one in speech.attributions:
        start, end = document.token_span(one.stretch.first, one.stretch.last)
        rows.append(Stretch(features.of(one), _truth(told, start, end)))
    return rows


def examples(outcomes: Sequence[Outcome], weight: float = 1.0) -> Iterator[Example]:
    """Yield what a ranker of speakers learns from: cases in which somebody right is in sight."""
    return (Example(one.features, one.right, weight) for one in outcomes if one.right)


def speech_examples(rows: Sequence[Stretch], weight: float = 1.0) -> Iterator[Example]:
    """Yield what tells speech from other quoted words: a candidate with the features, and one without any."""
    for row in rows:
        if row.truth != "?":
            yield Example((row.features, ()), {0} if row.truth != "none" else {1}, weight)


def kind_examples(rows: Sequence[Stretch], weight: float = 1.0) -> Iterator[Example]:
    """Yield what tells direct from partial speech."""
    for row in rows:
        if row.truth in ("direct", "partial"):
            yield Example((row.features, ()), {0} if row.truth == "direct" else {1}, weight)


def _cues(told: Told) -> Iterator[tuple[int, tuple[str, Said]]]:
    """Yield the token of each annotated cue, or of the colon of a label, the first annotation of each last."""
    tokens = told.document.tokens
    for layer, items in (("statements", told.statements), ("quotations", told.quotations)):
        for said in reversed(items):
            if not said.is_sure:
                continue
            if said.cue is not None:
                yield tokens.at(said.cue[0]), (layer, said)
                continue
            first = tokens.at(said.start)
            for token in (first - 1, first - 2):
                if token >= 0 and tokens.form[token] == ":":
                    yield token, (layer, said)


def canonical(name: str) -> str:
    """Return a name as compared: folded."""
    return " ".join(fold(word) for word in name.replace("#", "").replace("_", " ").split())


def names_of(said: Said, told: Told) -> set[str]:
    """Return every form by which the article calls the speaker."""
    wanted = canonical(said.speaker or "")
    text = told.document.raw
    forms = {canonical(text[name.start : name.end]) for name, full in told.names if canonical(full) == wanted}
    return forms | {wanted}


def _right(case: Case, said: Said, told: Told) -> set[int]:
    if not said.speaker:
        return {len(case.candidates) - 1}
    forms, wanted = names_of(said, told), canonical(said.speaker)
    exact: set[int] = set()
    near: set[int] = set()
    for index, candidate in enumerate(case.candidates):
        if _is_named(candidate, forms):
            exact.add(index)
        elif _is_like(candidate, wanted):
            near.add(index)
    return exact or near


def _is_named(candidate: Candidate, forms: set[str]) -> bool:
    who = candidate.referent
    if who is None:
        return False
    return canonical(who.name) in forms or (who.entity is not None and bool(_forms(who.entity) & forms))


def _forms(entity: Entity) -> set[str]:
    return {canonical(mention.text) for mention in entity.mentions if mention.kind == "name"}


def _is_like(candidate: Candidate, wanted: str) -> bool:
    """Whether a description is longer or shorter than the annotated one and else the same."""
    who = candidate.referent
    if who is None or who.entity is not None:
        return False
    name = canonical(who.name)
    return bool(name) and (name.startswith(wanted) or wanted.startswith(name))


def _truth(told: Told, start: int, end: int) -> str:
    """Return direct, partial or none; ? for what is in doubt or was not judged."""
    for said in told.quotations:
        if share(start, end, said.start, said.end) >= _SAME_STRETCH:
            return said.kind if said.is_sure else "?"
    if any(share(start, end, said.start, said.end) > 0 for said in told.quotations):
        return "?"
    if told.no_speech is None:
        return "none"
    return "none" if any(share(start, end, *span) >= _SAME_STRETCH for span in told.no_speech) else "?"


def share(start: int, end: int, other_start: int, other_end: int) -> float:
    """Return what two spans share, of what they cover together."""
    shared = min(end, other_end) - max(start, other_start)
    return max(0.0, shared / (max(end, other_end) - min(start, other_start)))
