"""Quotations: somebody's words between quotation glyphs, with the cue and the speaker."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from khabar.extractors.base import Extractor
from khabar.grammar.enclosures import whole
from khabar.grammar.page.boilerplate import boilerplate
from khabar.messages.record import Quotation
from khabar.reference.acts import act_of
from khabar.reference.attribution import Attribution
from khabar.reference.speakers import cue_claim, speaker
from khabar.reference.speech import SpeechFeatures
from khabar.reference.weights import Weights
from khabar.reference.wording import Wording
from khabar.statements.reading import speech
from khabar.text.document import Document

# A single word in quotes is a name, a term or a scare quote, not speech.
_FEWEST_WORDS: Final = 2
# With at least this many words after a person's name and a colon, the quoted words are speech and not a title.
_FEWEST_AFTER_NAME: Final = 4
# After ومن بينها and a colon, a quoted item of a list with at least this many words may be speech.
_LONG_ITEM: Final = 6
_AS_SAID: Final = "على حد"


class QuotationExtractor(Extractor):
    """Finds quoted speech; its cue, length and words tell it apart from titles, names and scare quotes."""

    layer = "quotations"
    uses = ("entities",)

    def __init__(self) -> None:
        """Load two models: whether quoted words are speech, and whether speech is direct or partial."""
        self._speech, self._kind = Weights.load("speech"), Weights.load("speech_kind")
        versions = {"speakers": Weights.load("speakers"), "speech": self._speech, "speech-kind": self._kind}
        self.models = {name: weights.version for name, weights in versions.items()}

    def extract(self, document: Document) -> list[Quotation]:
        """Return the quotations in text order."""
        said = speech(document)
        if not said.attributions:
            return []
        rest = boilerplate(document)
        starts = document.tokens.start
        features = SpeechFeatures(document, said.wording)
        found: list[Attribution] = []
        for one in said.attributions:
            names = features.of(one)
            if self._is_never(said.wording, one):
                continue
            is_speech = self._speech.score_each(names) > 0 or self._is_surely(said.wording, one)
            if is_speech and not rest.covers(starts[one.stretch.first]):
                found.append(one._replace(kind="direct" if self._kind.score_each(names) > 0 else "partial"))
        found = _with_first_parts(said.attributions, found)
        groups = _groups(found)
        return [
            _quotation(document, spoken, span, groups)
            for spoken in found
            if (span := whole(document, spoken.stretch.first, spoken.stretch.last))
        ]

    @staticmethod
    def _is_surely(wording: Wording, one: Attribution) -> bool:
        """Whether it is certainly speech, in forms that are too rare to learn from.

        Such are several words after a person's name and a colon, and a clause after على حد قول, which gives words as they were.
        """
        if one.path == "particle" and one.cue is not None and one.cue.reading.lemma == _AS_SAID:
            return one.is_speech
        is_label = one.path == "label" and one.has_colon and one.who is not None and one.who.kind == "PER"
        is_there = one.line[0] >= 0 and one.span[0] >= wording.start(one.line[0])  # named in the label itself
        return is_label and is_there and not one.is_name and len(wording.words(one.stretch)) >= _FEWEST_AFTER_NAME

    @staticmethod
    def _is_never(wording: Wording, one: Attribution) -> bool:
        """Whether it is certainly not speech: a single word, what something is called, a formula, or a short item of a list."""
        words = len(wording.words(one.stretch))
        is_named = wording.is_called(one.stretch) or wording.is_formula(one.stretch)
        return words < _FEWEST_WORDS or (one.is_listed and words < _LONG_ITEM) or is_named


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return QuotationExtractor()


def _with_first_parts(every: Sequence[Attribution], found: Sequence[Attribution]) -> list[Attribution]:
    """Return the quotations with the first parts of interrupted ones («...» قال فلان «...»), if the second part is speech."""
    is_found = {one.stretch.first for one in found}
    goes_on = {one.cue.token for one in found if one.cue and one.cue.token < one.stretch.first and one.path == "open"}
    first_parts = [
        one._replace(kind="direct")
        for one in every
        if one.path == "behind" and one.cue and one.cue.token in goes_on and one.stretch.first not in is_found
    ]
    return sorted([*found, *first_parts], key=lambda one: one.stretch.first)


def _groups(found: Sequence[Attribution]) -> dict[int, int]:
    """Return token of the cue -> 1, 2, ... for each cue that interrupts a quotation («...» قال فلان «...»)."""
    after = {spoken.cue.token for spoken in found if spoken.cue and spoken.cue.token > spoken.stretch.last}
    parts = Counter(spoken.cue.token for spoken in found if spoken.cue and spoken.cue.token in after)
    broken = sorted(token for token, count in parts.items() if count > 1)
    return {token: number for number, token in enumerate(broken, 1)}


def _quotation(document: Document, spoken: Attribution, span: tuple[int, int], groups: dict[int, int]) -> Quotation:
    start, end = document.token_span(*span)
    return Quotation(
        start=start,
        end=end,
        text=document.raw[start:end],
        kind=spoken.kind,
        group=groups.get(spoken.cue.token) if spoken.cue else None,
        speaker=speaker(document, spoken.who, spoken.span, spoken.cue),
        cue=cue_claim(document, spoken.cue) if spoken.cue else None,
        act=act_of(spoken.cue, spoken.line, document.tokens.segments, document.tokens.form),
        pro_drop=spoken.is_carried,
    )
