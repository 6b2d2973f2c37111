"""The temporal anchor: the day on which an article was written, from all evidence."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from khabar.grammar.temporal.anchor import decide
from khabar.grammar.temporal.evidence import Evidence
from khabar.messages.article import parse_article
from khabar.messages.record import Record
from khabar.pipeline.pipeline import Pipeline
from tests.unit.cases import load_cases

CASES = load_cases(Path(__file__).parent / "cases" / "anchor.jsonl")


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["why"])
def test_the_articles_day(pipeline: Pipeline, case: dict[str, Any]) -> None:
    """Each line of cases/anchor.jsonl: the anchor, whether the flag is raised, and what relative dates come to."""
    record = pipeline(parse_article({"text": case["text"], **case["sent"]}))
    found = record.temporal_anchor
    assert (found and [found.date.isoformat(), found.source, found.agrees]) == case["anchor"]
    assert record.temporal is not None
    assert [item.value for item in record.temporal] == case["values"]
    assert record.quality is not None
    assert ("scraped_later_than_text" in record.quality.flags) == case.get("late", False)


def test_the_anchor_is_null_where_nothing_tells_it_and_absent_without_its_layer(pipeline: Pipeline) -> None:
    """Absent means that nobody asked; null, that nothing tells."""
    record = pipeline(parse_article({"text": "وصل الوزير أمس."}))
    assert record.model_dump()["temporal_anchor"] is None
    old = record.model_dump(exclude={"temporal", "temporal_anchor"})
    assert "temporal_anchor" not in Record.model_validate(old).model_dump()


def test_a_stamp_of_the_page_is_believed_before_scraping_and_after_publication() -> None:
    """It may be the article's day or that of the visit."""
    scraped = Evidence(date(2020, 3, 9), "scraped_at")
    published = Evidence(date(2020, 3, 6), "published_at")
    page = Evidence(date(2020, 3, 5), "text", is_sure=False)
    by_page, by_publication = decide([scraped, page], []), decide([scraped, page, published], [])
    assert by_page and (by_page.day, by_page.source) == (page.day, "text")
    assert by_publication and (by_publication.day, by_publication.source) == (published.day, "published_at")
    moved = decide([scraped, page], [datetime(2020, 3, 4).isoweekday()])  # noqa: DTZ001
    assert moved and moved.day == date(2020, 3, 4)
