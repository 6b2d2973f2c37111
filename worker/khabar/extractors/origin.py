"""Origin: the agency that a story is from, and the place that it opens with."""

from typing import Final

from khabar.extractors.base import Extractor
from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.page.credits import agencies_of
from khabar.messages.record import Dateline, Origin
from khabar.text.document import Document

_UNNAMED: Final = "وكالات"
_SEPARATOR: Final = "، "  # as the authors of an article are joined


class OriginExtractor(Extractor):
    """Agency: from the dateline or a line of credits, else the end of the story, else what the producer sent.

    A mention within the story (قال لوكالة رويترز) is none. The producer's author is read before its source: a paper that
    prints an agency's story says so in the author, and a source that is an agency has no other origin.
    The dateline is the text's own: one that only the author field has (الرياض - واس) has no offsets and is left out. Of
    several places (جدة، الرياض) it is the first; عواصم, for several capitals, counts as one.
    """

    layer = "origin"

    def extract(self, document: Document) -> Origin:
        """Return the origin; both of its fields may be null."""
        found = boilerplate(document)
        article = document.article
        agencies = (
            found.opening.agencies
            or found.closing.agencies
            or agencies_of(article.author)
            or agencies_of(article.source)
        )
        return Origin(agency=_joined(agencies), dateline=_dateline(document, found.opening.place))


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return OriginExtractor()


def _joined(agencies: tuple[str, ...]) -> str | None:
    """Return the agencies in text order; وكالات says nothing beside one that is named."""
    named = dict.fromkeys(agency for agency in agencies if agency != _UNNAMED)
    return _SEPARATOR.join(named or agencies[:1]) or None


def _dateline(document: Document, place: tuple[int, int] | None) -> Dateline | None:
    if place is None:
        return None
    start, end = document.token_span(place[0], place[1] - 1)
    return Dateline(start=start, end=end, place=document.form(start, end))
