"""A pipeline without Farasa: these tests are about everything around the segments."""

from collections.abc import Callable
from pathlib import Path

import pytest

import khabar.cli
from khabar.extractors.registry import load
from khabar.messages.article import Article
from khabar.messages.record import Record
from khabar.pipeline.pipeline import Pipeline
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document
from tests.identity_engine import IdentityEngine

SAMPLE = Path(khabar.cli.__file__).parent / "samples" / "article.txt"


@pytest.fixture(scope="session")
def engine() -> IdentityEngine:
    return IdentityEngine()


@pytest.fixture(scope="session")
def pipeline(engine: IdentityEngine) -> Pipeline:
    return Pipeline(engine, load(["hashtags", "links", "temporal"]), version="0.0.0")


@pytest.fixture(scope="session")
def parse(engine: IdentityEngine) -> Callable[[str], Document]:
    """Return a function that segments a body, whatever its language."""

    def parse(body: str, title: str | None = None) -> Document:
        document = Document.of(Article(id="test", title=title, body=body))
        split(document)
        segment(document, engine)
        return document

    return parse


@pytest.fixture(scope="session")
def sample_article() -> Article:
    title, body = SAMPLE.read_text(encoding="utf-8").split("\n\n", 1)
    return Article(id="sample", title=title, body=body)


@pytest.fixture(scope="session")
def sample(pipeline: Pipeline, sample_article: Article) -> Record:
    return pipeline(sample_article)
