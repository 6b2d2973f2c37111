"""Dates and their arithmetic."""

from datetime import date

import pytest

from khabar.grammar.temporal import calendar


@pytest.mark.parametrize(
    ("hijri", "gregorian"),
    [((1436, 11, 5), date(2015, 8, 20)), ((1436, 10, 1), date(2015, 7, 17)), ((1343, 1, 1), date(1924, 8, 1))],
)
def test_umm_al_qura(hijri: tuple[int, int, int], gregorian: date) -> None:
    """Conversion both ways, as Umm al-Qura publishes it."""
    assert calendar.hijri_day(*hijri) == gregorian
    assert calendar.to_hijri(gregorian) == hijri


@pytest.mark.parametrize("hijri", [(1250, 1, 1), (1501, 1, 1), (1436, 13, 1), (1436, 1, 31)])
def test_out_of_range_is_none(hijri: tuple[int, int, int]) -> None:
    """Outside the tables nothing is computed."""
    assert calendar.hijri_day(*hijri) is None


def test_hijri_intervals() -> None:
    """A month and a year, first and last day."""
    assert calendar.hijri_interval(1436, 9) == (date(2015, 6, 18), date(2015, 7, 16))
    assert calendar.hijri_interval(1436) == (date(2014, 10, 25), date(2015, 10, 13))
    assert calendar.hijri_interval(1200) is None


def test_weeks_of_news() -> None:
    """The week begins on Sunday and is named by the ISO week that it shares six days with."""
    assert calendar.news_week(date(2015, 7, 26), -1) == "2015-W30"
    assert calendar.news_week(date(2018, 12, 27), -1) == "2018-W51"


def test_weekdays_around() -> None:
    """At the anchor itself, or strictly before and after it."""
    thursday = date(2015, 8, 6)
    assert calendar.weekday_before(thursday, 4, strictly=False) == thursday
    assert calendar.weekday_before(thursday, 4, strictly=True) == date(2015, 7, 30)
    assert calendar.weekday_after(thursday, 6, strictly=True) == date(2015, 8, 8)


def test_the_ends_of_time() -> None:
    """Arithmetic past the calendar's ends is None, not an error."""
    assert calendar.add_days(date.max, 1) is None
    assert calendar.day(10000, 1, 1) is None
    assert not calendar.is_year(10000)
