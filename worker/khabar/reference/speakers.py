"""A speaker and a cue as the record has them."""

from typing import Final

from khabar.grammar.enclosures import whole_span
from khabar.messages.record import Claim, Speaker, SpeakerType
from khabar.reference.cues import Cue
from khabar.reference.mentions import Referent
from khabar.reference.nouns import Gender
from khabar.text.document import Document

# Of an entity by its type, of a description by the class of its head noun; who says something and is no body is somebody.
_TYPES: Final[dict[str, SpeakerType]] = {
    "PER": "person", "ORG": "organisation", "LOC": "organisation",
    "person": "person", "any": "person", "people": "person", "": "person",
    "body": "organisation", "document": "document", "anonymous": "anonymous", "scripture": "scripture",
}  # fmt: skip
_UNBOUND: Final = frozenset(("relay", "within"))  # verbs whose subject is not who speaks
# A source (مصدر, مصادر) has a grammatical gender that says nothing of who it is.
_SINGLE: Final = frozenset(("PER", "person", "any"))


def speaker(document: Document, who: Referent | None, span: tuple[int, int], cue: Cue | None) -> Speaker | None:
    """Return who speaks, None for nobody.

    Args:
        document: with its tokens.
        who: the referent. span: raw span where it was read. cue: None where there is none.
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
    """Return the gender of one person, None where a cue's form contradicts it: then who speaks is in doubt."""
    if cue is None or cue.reading.shape not in ("verb", "participle") or cue.reading.kind in _UNBOUND:
        return who.gender
    form = cue.reading.form
    if who.gender is None:  # a feminine verb is said of a body more often than of a woman of whom nothing else tells
        return "m" if form.gender == "m" and not form.is_plural else None
    return who.gender if who.gender == form.gender and not form.is_plural else None


def cue_claim(document: Document, cue: Cue) -> Claim:
    """Return the cue's word without what is joined before it."""
    return document.claim(*document.token_span(cue.token, cue.token, skip=len(cue.proclitic)))
