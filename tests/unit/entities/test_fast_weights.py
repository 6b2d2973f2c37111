"""The fast recognizer with the weights that come with the package."""

import time
from pathlib import Path

import numpy as np
import pytest

import khabar.cli
from khabar.entities.fast import recognizer as module
from khabar.entities.fast.recognizer import FastRecognizer
from khabar.entities.fast.weights import load
from khabar.messages.article import Article
from khabar.models import FAST
from khabar.pipeline.segment import segment, split
from khabar.text.document import Document
from tests.identity_engine import IdentityEngine

SAMPLE = Path(khabar.cli.__file__).parent / "samples" / "article.txt"


def _document(text: str) -> Document:
    document = Document.of(Article(id="a", body=text))
    split(document)
    segment(document, IdentityEngine())
    return document


def test_weights_are_small_and_open_at_once() -> None:
    """They are in every installation, and every process opens them."""
    assert sum(path.stat().st_size for path in FAST.iterdir()) < 6_000_000
    began = time.process_time()
    weights = load()
    assert time.process_time() - began < 1
    assert isinstance(weights.feature_vectors, np.memmap) and isinstance(weights.word_codes, np.memmap)


def test_the_memory_for_words_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Words come and go in two tables; names are those of a recognizer that has room for all."""
    text = SAMPLE.read_text(encoding="utf-8")
    paragraphs = [paragraph for paragraph in text.split("\n") if paragraph.strip()]
    roomy = FastRecognizer()
    monkeypatch.setattr(module, "_BLOCK", 200)
    narrow = FastRecognizer(max_cached_words=400)
    for paragraph in paragraphs * 3:
        assert narrow.recognize(_document(paragraph)) == roomy.recognize(_document(paragraph))
    assert narrow.recognize(_document(text)) == roomy.recognize(_document(text))


def test_the_same_article_has_the_same_names_whatever_came_before() -> None:
    """A recognizer keeps vectors of words, nothing of an article."""
    document = _document(SAMPLE.read_text(encoding="utf-8"))
    fresh, used = FastRecognizer(), FastRecognizer()
    used.recognize(_document("قال الرئيس إن الاجتماع سيعقد في القاهرة"))
    assert fresh.recognize(document) == used.recognize(document)
