"""One article has one id, however its address is spelt; two articles never share one."""

import time
from pathlib import Path
from typing import Any

import pytest

from khabar.messages.article import parse_article
from khabar.messages.canonical import canonical_url
from tests.unit.cases import load_cases

CASES = load_cases(Path(__file__).parent / "cases" / "addresses.jsonl")
SAME = [case for case in CASES if "same" in case]
DIFFERENT = [case for case in CASES if "different" in case]


@pytest.mark.parametrize("case", SAME, ids=lambda case: case["case"])
def test_spellings_of_one_address_are_one_article(case: dict[str, Any]) -> None:
    """Scrapy sends the encoded form, a feed the Arabic one with tracking. The form is pinned, for ids are its hash."""
    assert {canonical_url(url) for url in case["same"]} == {case["canonical"]}
    articles = [parse_article({"url": url, "text": "نص"}) for url in case["same"]]
    assert len({article.id for article in articles}) == 1
    assert [article.url for article in articles] == case["same"]


@pytest.mark.parametrize("case", DIFFERENT, ids=lambda case: case["case"])
def test_addresses_of_different_articles_stay_different(case: dict[str, Any]) -> None:
    """An article that shares another's id and text hash is taken for a repetition."""
    assert len({canonical_url(url) for url in case["different"]}) == len(case["different"])


@pytest.mark.parametrize("url", [url for case in CASES for url in case.get("same", case.get("different"))])
def test_the_canonical_form_is_its_own(url: str) -> None:
    """A producer may send it, and old articles are requeued with it."""
    assert canonical_url(canonical_url(url)) == canonical_url(url)


@pytest.mark.parametrize("part", ["&", "%", "/", "?", "#", "&utm_x=", "أ", "%D8", "&amp;", "\u200e", "[", ":", "a=1&"])
def test_hostile_addresses_cost_little(part: str) -> None:
    """An article's URL may be all of its megabyte."""
    began = time.process_time()
    canonical_url("https://example.com/" + part * (100_000 // len(part)))
    assert time.process_time() - began < 2


def test_the_same_text_under_two_addresses_is_two_articles() -> None:
    """Agencies' texts stand in many papers: whether they are duplicates is said by the fingerprint."""
    one, two = (parse_article({"url": f"https://example.com/{number}", "text": "نص"}) for number in (1, 2))
    assert one.id != two.id
