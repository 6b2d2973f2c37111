"""Genre: the kind of text, such as news or opinion."""

from khabar.extractors.base import Extractor
from khabar.messages.record import Genre
from khabar.text.document import Document
from khabar.topics import model
from khabar.topics.classify import genre_of


class GenreExtractor(Extractor):
    """News, opinion, feature, live, service, release or factcheck."""

    layer = "genre"

    def __init__(self) -> None:
        """Load the model."""
        model.vocabulary()
        self.models = {"genre": model.load("genre").version}

    def extract(self, document: Document) -> Genre | None:
        """Return the genre; None if no genre is likely enough."""
        return genre_of(document)


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return GenreExtractor()
