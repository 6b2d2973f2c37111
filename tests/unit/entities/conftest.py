"""Documents of marked texts."""

from collections.abc import Callable

import pytest

from khabar.entities.geo import Gazetteer
from khabar.messages.article import Article
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document
from tests.identity_engine import IdentityEngine


@pytest.fixture(scope="session")
def parse() -> Callable[..., Document]:
    """Return a function that segments a text without Farasa; other fields of the article by name."""
    engine = IdentityEngine()

    def parse(text: str, **fields: str) -> Document:
        document = Document.of(Article(id="test", title=None, body=text, **fields))
        split(document)
        segment(document, engine)
        return document

    return parse


@pytest.fixture(scope="session")
def gazetteer() -> Gazetteer:
    return Gazetteer.load()
