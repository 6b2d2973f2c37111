"""Documents for grammar: segmented, with no extractor run on them."""

from collections.abc import Callable

import pytest

from contracts.article import Article
from tests.identity_engine import IdentityEngine
from worker.pipeline.document import Document
from worker.pipeline.segment import segment, split


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
