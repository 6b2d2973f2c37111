"""Hours of the clock: what a part of the day, or a time beside them, makes of them."""

import pytest

from khabar.grammar.temporal.hours import Hour


@pytest.mark.parametrize(
    ("number", "minute", "part", "time"),
    [
        (12, 30, "PM", "T12:30"),
        (12, 30, "AM", "T00:30"),
        (12, 0, "TEV", "T24:00"),
        (12, 15, "TNI", "T00:15"),
        (12, 45, "T12:00", "T12:45"),
        (11, 0, "T12:00", "T11:00"),
        (1, 0, "T12:00", "T13:00"),
        (1, 0, "TNI", "T01:00"),
        (10, 0, "TNI", "T22:00"),
        (17, 0, "TEV", "T17:00"),
        (3, 30, None, None),
        (17, 0, None, "T17:00"),
    ],
)
def test_parts_of_the_day(number: int, minute: int, part: str | None, time: str | None) -> None:
    """Noon and midnight are where clocks of twelve hours go wrong."""
    assert Hour(number, minute, part).time == time


@pytest.mark.parametrize(
    ("begins", "ends", "expected"),
    [
        (Hour(3, 0), Hour(5, 0, "TEV"), "T15:00"),
        (Hour(9, 0), Hour(5, 0, "TEV"), "T09:00"),
        (Hour(10, 0), Hour(2, 0, "TMO"), "T22:00"),
        (Hour(8, 0, in_digits=True), Hour(14, 30, is_24=True, in_digits=True), "T08:00"),
        (Hour(3, 0), Hour(5, 0), None),
    ],
)
def test_the_end_of_a_range_tells_its_beginning(begins: Hour, ends: Hour, expected: str | None) -> None:
    """مساء said once holds for both ends, as far as the order of the two allows."""
    assert begins.before(ends).time == expected


@pytest.mark.parametrize(
    ("first", "second", "is_range", "expected"),
    [
        (Hour(8, 0, "TMO"), Hour(2, 0), True, "T14:00"),
        (Hour(8, 0, "TMO"), Hour(2, 0), False, None),
        (Hour(5, 0, "TMO"), Hour(6, 22), False, "T06:22"),
        (Hour(6, 0, "TEV"), Hour(8, 0), False, "T20:00"),
        (Hour(10, 0, "TEV"), Hour(2, 0), True, "T02:00"),
    ],
)
def test_a_later_hour_follows_the_first(first: Hour, second: Hour, is_range: bool, expected: str | None) -> None:
    """Outside a range only an hour that is later in the same half of the day is told."""
    assert second.after(first, is_range=is_range).time == expected
