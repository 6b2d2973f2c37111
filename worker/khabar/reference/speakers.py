"""Speakers and cues in the form that the record uses."""

from typing import Final

from khabar.grammar.enclosures import whole_span
from khabar.messages.record import Claim, Speaker, SpeakerType
from khabar.reference.cues import Cue
from khabar.reference.mentions import Referent
from khabar.reference.nouns import Gender
from khabar.text.document import Document

# Type of an entity, or class of a description's head noun -> type of the speaker. A speaker of unknown class is a person.
_TYPES: Final[dict[str, SpeakerType]] = {
    "PER": "person", "ORG": "organisation", "LOC": "organisation",
    "person": "person", "any": "person", "people": "person", "": "person",
    "body": "organisation", "document": "document", "anonymous": "anonymous", "scripture": "scripture",
}  # fmt: skip
_UNBOUND: Final = frozenset(("relay", "within"))  # verbs whose subject is not the speaker
# Only these get a gender: the grammatical gender of a source (مصدر, مصادر) does not tell the person's.
_SINGLE: Final = frozenset(("PER", "person", "any"))


def speaker(document: Document, who: Referent | None, span: tuple[int, int], cue: Cue | None) -> Speaker | None:
    """Return the speaker in the record's form; None for no speaker.

    Args:
        document: has tokens.
        who: the referent; None if there is no speaker.
        span: raw span where the speaker was read.
        cue: None if there is no cue.
    """
    if who is None:
        return None
    start, end = whole_span(document, *span) or span
    return Speaker(
        name=who.name,
        entity=who.entity.id if who.entity else None,
        type=_TYPES[who.kind],
        gender=_gender(who, cue) if who.kind in _SINGLE and not who.is_plural else None,
        start=start,
        end=end,
    )


def _gender(who: Referent, cue: Cue | None) -> Gender | None:
    """Return the gender of one person; None if the cue's form contradicts it, because the speaker is then in doubt."""
    if cue is None or cue.reading.shape not in ("verb", "participle") or cue.reading.kind in _UNBOUND:
        return who.gender
    form = cue.reading.form
    if who.gender is None:  # a feminine verb alone does not show a woman: its subject is more often an organisation
        return "m" if form.gender == "m" and not form.is_plural else None
    return who.gender if who.gender == form.gender and not form.is_plural else None


def cue_claim(document: Document, cue: Cue) -> Claim:
    """Return the cue's word, without proclitics, as a claim."""
    return document.claim(*document.token_span(cue.token, cue.token, skip=len(cue.proclitic)))
