"""What scrapers send becomes an Article, or is refused with a reason."""

import json
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from khabar.errors import Code, RejectedArticle
from khabar.lexicons import entries
from khabar.messages.article import Article, parse_article
from khabar.messages.dates import read_date
from khabar.messages.items import encode_item
from tests.unit.cases import load_cases

CASES = Path(__file__).parent / "cases"
SCRAPERS = load_cases(CASES / "scrapers.jsonl")
REFUSED = load_cases(CASES / "refused.jsonl")
DATES = load_cases(CASES / "dates.jsonl")


def names(cases: list[dict[str, Any]]) -> list[str]:
    return [case["case"] for case in cases]


@pytest.mark.parametrize("case", SCRAPERS, ids=names(SCRAPERS))
def test_every_scrapers_names_are_understood(case: dict[str, Any]) -> None:
    """Producers keep their own format; khabar learns it once."""
    made = parse_article(json.dumps(case["sent"])).model_dump(mode="json")
    assert {name: made[name] for name in case["expected"]} == case["expected"]


@pytest.mark.parametrize("case", SCRAPERS, ids=names(SCRAPERS))
def test_mapping_and_its_json_are_the_same_article(case: dict[str, Any]) -> None:
    """What a producer checks is what the worker will read."""
    assert parse_article(case["sent"]) == parse_article(encode_item(case["sent"]))


@pytest.mark.parametrize("case", SCRAPERS, ids=names(SCRAPERS))
def test_an_article_written_out_reads_as_itself(case: dict[str, Any]) -> None:
    """Requeued and archived articles must not drift."""
    article = parse_article(case["sent"])
    assert parse_article(article.model_dump_json()) == article


@pytest.mark.parametrize("case", REFUSED, ids=names(REFUSED))
def test_bad_input_is_refused_with_code_and_the_producers_field(case: dict[str, Any]) -> None:
    """A producer can find the fault without reading khabar's source."""
    with pytest.raises(RejectedArticle) as caught:
        parse_article(case["sent"])
    assert (caught.value.code.value, caught.value.field, caught.value.place) == (
        case["code"],
        case["field"],
        "validate",
    )
    assert "نص" not in caught.value.reason


@pytest.mark.parametrize("case", DATES, ids=lambda case: str(case["sent"])[:40])
def test_dates_are_read_or_honestly_null(case: dict[str, Any]) -> None:
    """A guessed date would misplace every relative date of the article; a Hijri year is not a Gregorian one."""
    expected = case["expected"] and datetime.fromisoformat(case["expected"])
    made = read_date(case["sent"])
    assert made == expected
    assert (made and made.tzinfo is None) == (expected and expected.tzinfo is None)


@pytest.mark.parametrize(
    ("sent", "scraped_at", "expected"),
    [
        ("منذ 3 ساعات", "2026-09-16T10:00:00+03:00", "2026-09-16T07:00:00+03:00"),
        ("نشر منذ ساعتين", "2026-09-16 10:00", "2026-09-16T08:00:00"),
        ("قبل ٢٠ دقيقة", "2026-09-16 10:00", "2026-09-16T09:40:00"),
        ("an hour ago", "2026-09-16 10:00", "2026-09-16T09:00:00"),
        ("منذ 3 ساعات", None, None),
        ("منذ 3 ساعات", "2026-09-16", None),
        ("منذ يومين", "2026-09-16 10:00", None),
        ("منذ 3 ساعات في القاهرة", "2026-09-16 10:00", None),
    ],
)
def test_hours_ago_are_counted_from_the_scraping(sent: str, scraped_at: str | None, expected: str | None) -> None:
    """Without its moment, and for days, they tell no day."""
    article = parse_article({"body": "نص", "date": sent, "scraped_at": scraped_at})
    assert article.published_at == (expected and datetime.fromisoformat(expected))
    assert article.extra == {"date": sent}


def test_every_month_and_weekday_of_running_text_is_read_in_a_date() -> None:
    """Two tables hold them, for producers do not install the service: neither may forget one."""
    months = [line.split("\t") for line in entries("temporal/months")]
    years = {"g": 2026, "h": 1448}
    texts = [f"1 {name} {years[calendar]}" for name, calendar, _, strength in months if strength != "never"]
    for line in entries("temporal/weekdays"):
        name, number = line.split("\t")
        texts.append(f"{name} {number} يونيو 2026")  # the first was a Monday
    assert [text for text in texts if read_date(text) is None] == []


def test_undecodable_bytes_are_named_by_their_offset() -> None:
    """The byte is what a person has to look for."""
    with pytest.raises(RejectedArticle, match="byte 10") as caught:
        parse_article(b'{"body": "' + "نص".encode("cp1256") + b'"}')
    assert caught.value.code is Code.UNDECODABLE


def test_size_is_checked_before_parsing() -> None:
    """Broken JSON over the limit is too large, not broken: nobody parses it to find out."""
    with pytest.raises(RejectedArticle, match="101 bytes and the limit is 100") as caught:
        parse_article(b"{" * 101, max_bytes=100)
    assert caught.value.code is Code.TOO_LARGE


def test_a_string_over_the_limit_in_bytes_is_too_large() -> None:
    """Arabic letters have two bytes each."""
    with pytest.raises(RejectedArticle) as caught:
        parse_article('{"body":"' + "ن" * 60 + '"}', max_bytes=100)
    assert caught.value.code is Code.TOO_LARGE


def test_byte_order_mark_is_no_fault() -> None:
    """Windows tools write it."""
    assert parse_article(b'\xef\xbb\xbf{"body": "x"}').body == "x"


def test_python_values_of_scrapers_are_written_as_json() -> None:
    """Scrapy items hold datetimes, feedparser time structs, pandas NaN."""
    item = {
        "body": "نص",
        "published_parsed": time.gmtime(1437816454),
        "date_extracted": datetime(2015, 7, 25),  # noqa: DTZ001
        "author": float("nan"),
    }
    article = parse_article(item)
    assert article.published_at == datetime.fromisoformat("2015-07-25T09:27:34Z")
    assert article.scraped_at == datetime(2015, 7, 25)  # noqa: DTZ001
    assert article.author is None


@pytest.mark.parametrize(
    ("item", "code", "field"),
    [
        ({"body": "نص \ud800"}, Code.UNDECODABLE, "body"),
        ({"body": "نص", "image": b"x"}, Code.WRONG_TYPE, "image"),
        ({"body": "نص", 5: "x"}, Code.WRONG_TYPE, "5"),
        ({"body": "نص", "n": 2**70}, Code.WRONG_TYPE, "n"),
    ],
)
def test_what_json_cannot_hold_is_refused_by_field(item: dict[Any, Any], code: Code, field: str) -> None:
    """An item from Python can hold anything."""
    with pytest.raises(RejectedArticle) as caught:
        parse_article(item)
    assert (caught.value.code, caught.value.field) == (code, field)


def test_id_is_the_producers_else_of_the_url_else_of_the_text() -> None:
    """The same article pushed twice must be the same article."""
    by_url = parse_article({"url": "https://example.com/a", "body": "نص"})
    by_text = parse_article({"title": "عنوان", "body": "نص"})
    assert by_url.id == parse_article({"link": "https://example.com/a", "body": "نص آخر"}).id
    assert by_url.id.startswith("url:")
    assert by_text.id.startswith("text:")
    assert len(by_text.id) == len("text:") + 32


def test_text_is_title_two_newlines_body_unstripped() -> None:
    """All offsets count over it."""
    assert Article(id="1", title=" عنوان ", body=" نص ").text == " عنوان \n\n نص "
    assert Article(id="1", body=" نص ").text == " نص "
    assert parse_article({"title": "عنوان", "body": " \n"}).text == "عنوان\n\n \n"
