"""Origin: the news agency of a story, and the place in its dateline."""

from typing import Final

from khabar.extractors.base import Extractor
from khabar.grammar.page.boilerplate import boilerplate
from khabar.grammar.page.credits import agencies_of
from khabar.messages.record import Dateline, Origin
from khabar.text.document import Document

_UNNAMED: Final = "وكالات"
_SEPARATOR: Final = "، "  # the same that joins the authors of an article


class OriginExtractor(Extractor):
    """Finds agency and dateline.

    The agency comes from the dateline or a line of credits, otherwise from the end of the story, otherwise from the producer's
    fields. A mention within the story (قال لوكالة رويترز) does not count. The field `author` is read before `source`, because a
    newspaper that prints an agency's story often names the agency as its author.

    The dateline must be in the text: one that only the author field has (الرياض - واس) has no offsets and is left out. If it has
    several places (جدة، الرياض), the first is taken; عواصم, for several capitals, counts as a place.
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
    """Return the agencies in text order, without the general word وكالات if one is named."""
    named = dict.fromkeys(agency for agency in agencies if agency != _UNNAMED)
    return _SEPARATOR.join(named or agencies[:1]) or None


def _dateline(document: Document, place: tuple[int, int] | None) -> Dateline | None:
    if place is None:
        return None
    start, end = document.token_span(place[0], place[1] - 1)
    return Dateline(start=start, end=end, place=document.form(start, end))
