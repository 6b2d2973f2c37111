"""Quotations: what stands between quotation glyphs and is somebody's words, with the cue and the speaker."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

from khabar.extractors.base import Extractor
from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.speech.glyphs import quoted
from khabar.messages.record import Claim, Quotation, Speaker, SpeakerType
from khabar.reference.acts import act_of
from khabar.reference.attribution import Attribution, Attributor
from khabar.reference.cues import Cue
from khabar.reference.mentions import Referent
from khabar.reference.resolver import Resolver
from khabar.reference.speech import SpeechFeatures, Weights
from khabar.text.document import Document
from khabar.text.layers import ENTITIES

# Of an entity by its type, of a description by the class of its head noun; who says something and is no body is somebody.
_TYPES: Final[dict[str, SpeakerType]] = {
    "PER": "person", "ORG": "organisation", "LOC": "organisation",
    "person": "person", "any": "person", "people": "person", "": "person",
    "body": "organisation", "document": "document", "anonymous": "anonymous", "scripture": "scripture",
}  # fmt: skip
# A single word is a name, a term or a scare quote, never a claim.
_FEWEST_WORDS: Final = 2
# Of so many words what a colon after ومن بينها introduces may be a sentence.
_LONG_ITEM: Final = 6
_SINGLE: Final = frozenset(("PER", "person", "any", "anonymous"))


class QuotationExtractor(Extractor):
    """Speech told from titles, names and scare quotes by its cue, its length and its words."""

    layer = "quotations"
    uses = ("entities",)

    def __init__(self, resolver: Resolver, speech: Weights, kind: Weights) -> None:
        """Take what chooses the speakers, tells speech from other quoted words, and direct speech from partial."""
        self._resolver = resolver
        self._speech = speech
        self._kind = kind
        self.models = {"speakers": resolver.version, "speech": speech.version, "speech-kind": kind.version}

    def extract(self, document: Document) -> list[Quotation]:
        """Return the quotations in text order."""
        stretches = quoted(document)
        if not stretches:
            return []
        rest = boilerplate(document)
        starts = document.tokens.start
        attributor = Attributor(document, stretches, document.get(ENTITIES) or [], self._resolver)
        features = SpeechFeatures(document, attributor.wording)
        found: list[Attribution] = []
        for one in attributor.read():
            names = features.of(one)
            if self._is_never(attributor, one):
                continue
            if self._speech.score(names) > 0 and not rest.covers(starts[one.stretch.first]):
                found.append(one._replace(kind="direct" if self._kind.score(names) > 0 else "partial"))
        groups = _groups(found)
        return [_quotation(document, spoken, groups) for spoken in found]

    @staticmethod
    def _is_never(attributor: Attributor, one: Attribution) -> bool:
        """Whether no learned weight is needed: single words, formulas, short items of a list."""
        words = len(attributor.wording.words(one.stretch))
        return (
            words < _FEWEST_WORDS
            or (one.is_listed and words < _LONG_ITEM)
            or attributor.wording.is_formula(one.stretch)
        )


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return QuotationExtractor(Resolver.load(), Weights.load("speech"), Weights.load("speech_kind"))


def _groups(found: Sequence[Attribution]) -> dict[int, int]:
    """Return the group of each cue that breaks a quotation («...» قال فلان «...»): the cue's token -> 1, 2, ..."""
    after = {spoken.cue.token for spoken in found if spoken.cue and spoken.cue.token > spoken.stretch.last}
    parts = Counter(spoken.cue.token for spoken in found if spoken.cue and spoken.cue.token in after)
    broken = sorted(token for token, count in parts.items() if count > 1)
    return {token: number for number, token in enumerate(broken, 1)}


def _quotation(document: Document, spoken: Attribution, groups: dict[int, int]) -> Quotation:
    start, end = document.token_span(spoken.stretch.first, spoken.stretch.last)
    who = spoken.who
    return Quotation(
        start=start,
        end=end,
        text=document.raw[start:end],
        kind=spoken.kind,
        group=groups.get(spoken.cue.token) if spoken.cue else None,
        speaker=_speaker(who, spoken.span) if who else None,
        cue=_claim(document, spoken.cue) if spoken.cue else None,
        act=act_of(spoken.cue, spoken.line, document.tokens.segments, document.tokens.form),
        pro_drop=spoken.is_carried,
    )


def _speaker(who: Referent, span: tuple[int, int]) -> Speaker:
    return Speaker(
        name=who.name,
        entity=who.entity.id if who.entity else None,
        type=_TYPES[who.kind],
        gender=who.gender if who.kind in _SINGLE else None,
        start=span[0],
        end=span[1],
    )


def _claim(document: Document, cue: Cue) -> Claim:
    return document.claim(*document.token_span(cue.token, cue.token, skip=len(cue.proclitic)))
