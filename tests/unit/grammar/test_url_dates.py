"""The day in a page's address."""

from datetime import date

import pytest

from khabar.grammar.temporal.url_dates import url_date
from tests.unit.growth import assert_linear


@pytest.mark.parametrize(
    ("url", "expected", "is_folder"),
    [
        ("https://example.com/2018/12/27/story", "2018-12-27", True),
        ("https://example.com/2018/12/27", "2018-12-27", True),
        ("https://example.com/news/2018/7/5/story", "2018-07-05", True),
        ("http://example.com/2015/20150725/lp6.htm", "2015-07-25", True),
        ("https://example.com/archive/2018-12-27.html", "2018-12-27", True),
        ("https://example.com/1436/10/09/story", "2015-07-25", True),
        ("https://example.com/14361009/story", "2015-07-25", True),
        ("https://example.com/page?date=2018-12-27&id=20170101", "2018-12-27", True),
        ("https://example.com/أسعار-الذهب-2018-12-27", "2018-12-27", False),
        ("https://example.com/story_20181227", "2018-12-27", False),
        ("https://example.com/2018/12/story", None, False),
        ("https://example.com/2018/13/27/story", None, False),
        ("https://example.com/article/9201812270", None, False),
        ("https://example.com/Con20150806787767.htm", None, False),
        ("https://example.com/story?id=20181227", None, False),
        ("https://example.com/2018/12/27/a/2017/01/02/b", None, False),
        ("https://example.com/1980/01/01/story", None, False),
        ("http://[2018/12/27", None, False),
        (None, None, False),
    ],
)
def test_a_day_in_an_address(url: str | None, expected: str | None, is_folder: bool) -> None:
    """A folder is the article's day; a slug may name the story's; an id is neither."""
    found = url_date(url)
    assert (found and found.day) == (expected and date.fromisoformat(expected))
    assert bool(found and found.is_folder) == is_folder


def test_the_time_is_linear() -> None:
    """Addresses are as hostile as texts."""
    assert_linear(lambda text: url_date("http://x/" + text), "2018-12-27-", "a/")
