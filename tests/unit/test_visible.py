"""What a terminal would act on is written as its escape, and nothing else is changed."""

import json
import logging
import sys
import unicodedata
from functools import cache

import pytest

from khabar.cli.visible import FSI, PDI, cell, isolated, shown_json, visible
from khabar.logs import configure_logs


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


# Every control of C0 and C1, and every character whose bidirectional class turns or isolates text.
TURNING = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


@cache
def acted_on() -> list[str]:
    """Return what a terminal acts on; not when this file is imported, which every test process does."""
    return [
        chr(code)
        for code in range(sys.maxunicode + 1)
        if unicodedata.category(chr(code)) in ("Cc", "Zl", "Zp", "Cs")
        or unicodedata.bidirectional(chr(code)) in TURNING
        or chr(code) in "\u061c\u200e\u200f"
    ]


def test_no_character_that_a_terminal_acts_on_is_left_out() -> None:
    """By Unicode's own data, not by a list that somebody thought of."""
    assert len(acted_on()) > 2_000
    for character in acted_on():
        assert visible(f"a{character}b") != f"a{character}b", hex(ord(character))


def test_a_log_holds_none_of_them_and_means_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """Logs are read on terminals, and keys and groups may have any name."""
    hostile = "".join(character for character in acted_on() if not 0xD800 <= ord(character) < 0xE000)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        configure_logs("INFO")
        logging.getLogger("khabar.test").warning("key %s", hostile, extra={"key": hostile})
        said = capsys.readouterr().err
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
    assert json.loads(said)["key"] == hostile
    assert not set(acted_on()) & set(said.removesuffix("\n"))


class Terminal:
    """Standard output that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("أرشيف", f"{FSI}أرشيف{PDI}"),
        ("archive 5", "archive 5"),
        (f"أ{PDI}{FSI}\u202e", f"{FSI}أ\\u2069\\u2068\\u202e{PDI}"),
        ("\U0001e900", f"{FSI}\U0001e900{PDI}"),
        ("", ""),
    ],
)
def test_an_arabic_name_keeps_its_direction_to_itself(monkeypatch: pytest.MonkeyPatch, text: str, shown: str) -> None:
    """Numbers beside it stay where they are; a stranger's own isolates close nothing, and a pipe gets plain text."""
    assert isolated(text) == shown.strip(FSI + PDI)
    monkeypatch.setattr(sys, "stdout", Terminal())
    assert isolated(text) == shown
    assert json.loads(shown_json(json.dumps(text, ensure_ascii=False).encode())) == text
