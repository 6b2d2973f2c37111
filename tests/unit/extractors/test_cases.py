"""Every extractor has a file of cases; those of hashtags and links are checked here."""

import json
from pathlib import Path
from typing import Any

import pytest

from khabar.extractors.registry import names
from khabar.messages.article import Article
from khabar.pipeline.pipeline import Pipeline

FOLDER = Path(__file__).parent / "cases"


def _cases(name: str) -> list[dict[str, Any]]:
    lines = (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize("name", names())
def test_every_extractor_has_a_case_file(name: str) -> None:
    """What an extractor does is told by its cases; one without them cannot be reviewed."""
    files = [FOLDER / f"{name}.{ending}" for ending in ("txt", "jsonl")]
    assert any(file.exists() and file.stat().st_size for file in files)


@pytest.mark.parametrize("case", _cases("hashtags"), ids=lambda case: case["why"])
def test_hashtags(pipeline: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/hashtags.jsonl: spans as typed, words as normalized."""
    record = pipeline(Article(id="a", body=case["text"]))
    assert record.hashtags is not None
    assert [[hashtag.text, *hashtag.words] for hashtag in record.hashtags] == case["expect"]
    assert all(case["text"][hashtag.start : hashtag.end] == hashtag.text for hashtag in record.hashtags)


@pytest.mark.parametrize("case", _cases("links"), ids=lambda case: case["why"])
def test_links(pipeline: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/links.jsonl: kind and text, in text order."""
    record = pipeline(Article(id="a", body=case["text"]))
    assert record.links is not None
    assert [[link.kind, link.text] for link in record.links] == case["expect"]
    assert all(case["text"][link.start : link.end] == link.text for link in record.links)
