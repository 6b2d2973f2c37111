"""Annotations that stand apart from their texts: khabar has the offsets, whoever trains has the articles."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from khabar.engines.farasa_embedded.engine import FarasaEmbedded
from training.entities.arguments import STANDOFF
from training.entities.data import read_standoff
from training.entities.evaluate import TYPES

SCRAPED = Path(__file__).parents[4] / "shared" / "data" / "news" / "sample.jsonl"
TEXT = "بغداد تستقبل شكري\n\nوصل سامح شكري أمس."
ROW = {
    "id": "a",
    "ref": "http://example.com/1",
    "sha256": sha256(TEXT.encode()).hexdigest(),
    "entities": [["LOC", 0, 5], ["PER", 13, 17, True], ["PER", 23, 32]],
}


@pytest.fixture(scope="module")
def engine() -> FarasaEmbedded:
    return FarasaEmbedded()


def _files(folder: Path, row: dict[str, Any], *, url: str = "http://example.com/1", words: str = "أمس") -> list[Path]:
    title, _, content = TEXT.replace("أمس", words).partition("\n\n")
    annotations, texts = folder / "annotations.jsonl", folder / "texts.jsonl"
    annotations.write_text(json.dumps(row) + "\n", encoding="utf-8")
    texts.write_text(json.dumps({"url": url, "title": title, "content": content}) + "\n", encoding="utf-8")
    return [annotations, texts]


def test_offsets_meet_their_text(tmp_path: Path, engine: FarasaEmbedded) -> None:
    """The URL finds the article; doubtful names stay among the names and are told apart."""
    [article] = read_standoff(*_files(tmp_path, ROW), engine)
    names = [(name.type, article.document.raw[name.start : name.end]) for name in article.names]
    assert names == [("LOC", "بغداد"), ("PER", "شكري"), ("PER", "سامح شكري")]
    assert article.unsure == ((13, 17),)


def test_a_text_that_changed_is_refused(tmp_path: Path, engine: FarasaEmbedded) -> None:
    """Offsets into another text would teach nonsense, in silence."""
    with pytest.raises(ValueError, match=r"example\.com/1 is not as it was annotated"):
        read_standoff(*_files(tmp_path, ROW, words="غدا"), engine)


def test_a_text_that_is_missing_is_named(tmp_path: Path, engine: FarasaEmbedded) -> None:
    """Whoever trains with other news should learn which article is wanted."""
    with pytest.raises(ValueError, match=r"example\.com/1 is not there"):
        read_standoff(*_files(tmp_path, ROW, url="http://example.com/2"), engine)


def test_the_project_s_own_annotations_are_well_formed() -> None:
    """In text order, of known types, none inside another."""
    rows = [json.loads(line) for line in STANDOFF.read_text(encoding="utf-8").splitlines()]
    assert len({row["ref"] for row in rows}) == len({row["id"] for row in rows}) == len(rows) > 0
    for row in rows:
        end_before = 0
        for kind, start, end, *unsure in row["entities"]:
            assert kind in TYPES
            assert end_before <= start < end, (row["id"], start)
            assert unsure in ([], [True])
            end_before = end


def test_the_project_s_own_annotations_meet_their_texts(engine: FarasaEmbedded) -> None:
    """Each name begins and ends with a letter, a digit or the sign of a hashtag."""
    if not SCRAPED.is_file():
        pytest.skip("the annotated articles are not here")
    articles = read_standoff(STANDOFF, SCRAPED, engine)
    edges = {
        article.document.raw[at]
        for article in articles
        for name in article.names
        for at in (name.start, name.end - 1)
        if not article.document.raw[at].isalnum()
    }
    assert edges <= set("#ًٌٍَُِّْ)"), edges
