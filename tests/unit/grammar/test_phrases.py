"""Phrases of a lexicon."""

import pytest

from khabar.grammar.temporal.phrases import Match, Phrases

PHRASES = Phrases({"أمس": 1, "أمس الأول": 2, "اليوم": 3}, without=["كامس"])


def _match(text: str) -> Match[int] | None:
    form = text.split()
    return PHRASES.match(lambda index: form[index] if index < len(form) else "", 0)


@pytest.mark.parametrize(
    ("text", "expect"),
    [
        ("أمس", Match(1, 0, "")),
        ("امس الاول", Match(2, 1, "")),
        ("وأمس كان", Match(1, 0, "و")),
        ("لليوم", Match(3, 0, "ل")),
        ("يوم", None),
        ("كامس", None),
        ("غدا", None),
    ],
)
def test_match(text: str, expect: Match[int] | None) -> None:
    """The longest phrase, in any spelling; the article as in the entry; never a lookalike."""
    assert _match(text) == expect
