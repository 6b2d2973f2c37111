"""Topics: the subjects of the article, from the top level of IPTC's Media Topics."""

from khabar.extractors.base import Extractor
from khabar.messages.record import Topic
from khabar.text.document import Document
from khabar.topics import model
from khabar.topics.classify import topics_of


class TopicExtractor(Extractor):
    """Predicts the topics that an editor would assign, each with its score."""

    layer = "topics"

    def __init__(self) -> None:
        """Load the model."""
        model.vocabulary()
        self.models = {"topics": model.load("topics").version}

    def extract(self, document: Document) -> list[Topic]:
        """Return the topics, the likeliest first; empty if no topic is likely enough."""
        return topics_of(document)


def extractor() -> Extractor:
    """Return the extractor of this file."""
    return TopicExtractor()
