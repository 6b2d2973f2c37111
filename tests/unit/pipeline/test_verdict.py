"""What an item comes to: the same for the command, the worker and the library."""

import json

import pytest

from khabar.errors import Code
from khabar.messages.article import parse_article
from khabar.pipeline.pipeline import Pipeline
from khabar.pipeline.verdict import Extracted, Refusal, judge
from tests.articles import article


def test_an_article_comes_with_its_record(pipeline: Pipeline) -> None:
    """The worker names the outcome by the article that was read."""
    item = article(1)
    verdicts = [
        judge(form, pipeline, max_bytes=10_000) for form in (item, json.dumps(item).encode(), parse_article(item))
    ]
    assert all(isinstance(verdict, Extracted) for verdict in verdicts)
    assert verdicts[0] == verdicts[1] == verdicts[2]
    assert verdicts[0].article == parse_article(item)


def test_what_cannot_be_read_is_refused_without_an_article(pipeline: Pipeline) -> None:
    """There is no id to name it by."""
    verdict = judge(b"nonsense", pipeline, max_bytes=10_000)
    assert isinstance(verdict, Refusal)
    assert verdict.article is None
    assert verdict.error.code is Code.INVALID_JSON


def test_what_is_read_and_has_no_record_is_refused_with_its_article(pipeline: Pipeline) -> None:
    """Its rejection bears the article's id."""
    verdict = judge({"id": "a", "text": "News from Baghdad in English."}, pipeline, max_bytes=10_000)
    assert isinstance(verdict, Refusal)
    assert verdict.article is not None
    assert (verdict.article.id, verdict.error.code) == ("a", Code.NOT_ARABIC)


def test_a_failure_of_the_pipeline_is_no_verdict() -> None:
    """Another attempt may go well; the ledger decides how often."""

    def fail(_: object) -> object:
        raise RuntimeError

    with pytest.raises(RuntimeError):
        judge(article(1), fail, max_bytes=10_000)  # type: ignore[arg-type]
