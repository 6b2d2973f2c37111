"""Documents for grammar: segmented, with no extractor run on them."""

from collections.abc import Callable

import pytest

from khabar.messages.article import Article
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document
from tests.identity_engine import IdentityEngine


@pytest.fixture(scope="session")
def parse() -> Callable[[str], Document]:
    """Return a function that segments a body."""
    engine = IdentityEngine()

    def parse(body: str) -> Document:
        document = Document.of(Article(id="test", body=body))
        split(document)
        segment(document, engine)
        return document

    return parse
