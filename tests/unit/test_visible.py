"""What a terminal would act on is written as its escape, and nothing else is changed."""

import pytest

from khabar.cli.visible import cell, visible


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("قال الوزير", "قال الوزير"),
        ("می‌خواهم", "می‌خواهم"),  # Persian is written with a joiner
        ("\x1b[2J", r"\x1b[2J"),
        ("a\x9bb", r"a\x9bb"),
        ("a\r\nb\t", r"a\x0d\x0ab\x09"),
        ("\u202eabc", r"\u202eabc"),
        ("\ud800", r"\ud800"),
        ("\U000e0041", r"\U000e0041"),
        ("[/b][link=x]", "[/b][link=x]"),
    ],
)
def test_controls_are_shown_as_escapes(text: str, shown: str) -> None:
    """They can be read, copied, and do nothing."""
    assert visible(text) == shown
    assert cell(text).plain == shown


def test_lines_of_ours_stay_lines() -> None:
    """Text of several lines is only ever our own."""
    assert visible("a\nb\x1b", lines=True) == "a\nb\\x1b"
