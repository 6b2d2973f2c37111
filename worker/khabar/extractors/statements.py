"""Statements: reported speech in the reporter's words, with the cue and the speaker."""

from typing import Final

from khabar.extractors.base import Extractor
from khabar.grammar.enclosures import whole_span
from khabar.grammar.page.boilerplate import boilerplate
from khabar.messages.record import Statement
from khabar.reference.acts import act_of
from khabar.reference.speakers import cue_claim, speaker
from khabar.reference.weights import JoinedWeights, Weights
from khabar.statements import finder
from khabar.statements.modality import modality_of
from khabar.statements.reading import speech
from khabar.text.document import Document
from khabar.text.layers import QUOTATIONS

# Tokens after a statement in which a quotation that opens inside it may close.
_CLOSING_REACH: Final = 12


class StatementExtractor(Extractor):
    """Finds reported clauses, noun phrases and attributed sentences."""

    layer = "statements"
    uses = ("entities", "quotations")

    def __init__(self) -> None:
        """Read only the versions of the models; the modules that use the models load them."""
        joined = [(name, JoinedWeights.load(name)) for name in ("statement_openings", "statement_endings")]
        loaded = [("speakers", Weights.load("speakers")), *joined]
        self.models = {name.replace("_", "-"): weights.version for name, weights in loaded}

    def extract(self, document: Document) -> list[Statement]:
        """Return the statements in text order."""
        rest = boilerplate(document)
        found = [one for one in speech(document).statements if not rest.covers(one.start)]
        found.sort(key=lambda one: (one.start, -one.end))
        return [
            _statement(document, one, span)
            for one in found
            if (span := whole_span(document, one.start, one.end, reach=_CLOSING_REACH))
        ]


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return StatementExtractor()


def _statement(document: Document, one: finder.Statement, span: tuple[int, int]) -> Statement:
    tokens = document.tokens
    start, end = span
    is_label = one.cue.reading.shape == "label"
    inside = [
        index
        for index, quotation in enumerate(document.get(QUOTATIONS) or ())
        if start <= quotation.start and quotation.end <= end
    ]
    return Statement(
        start=start,
        end=end,
        text=document.raw[start:end],
        kind=one.opening.kind,
        speaker=speaker(document, one.cue.who, one.cue.span, one.cue),
        cue=None if is_label else cue_claim(document, one.cue),
        act="state" if is_label else act_of(one.cue, one.line, tokens.segments, tokens.form),
        modality=modality_of(tokens, one),
        pro_drop=one.cue.is_carried,
        quotations=inside,
    )
