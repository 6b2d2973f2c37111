"""Countries: how often the article names places of each."""

from collections import Counter

from pydantic import TypeAdapter

from khabar.extractors.base import Extractor
from khabar.text.document import Document
from khabar.text.layers import ENTITIES


class CountryExtractor(Extractor):
    """Counts the mentions of places by country, ISO 3166-1 alpha-2."""

    layer = "countries"
    requires = ("entities",)
    models = {"rules": "2"}
    schema = TypeAdapter(dict[str, int])

    def extract(self, document: Document) -> dict[str, int]:
        """Return country -> mentions."""
        counts: Counter[str] = Counter()
        for entity in document.require(ENTITIES):
            if entity.geo:
                counts[entity.geo.country] += len(entity.mentions)
        return dict(counts)


def extractor() -> Extractor:
    """Build the extractor."""
    return CountryExtractor()
