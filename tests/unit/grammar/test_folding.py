"""Spelling as it is compared: of a word, and of a whole text at once."""

import pytest

from khabar.grammar.folding import CARELESS_NAMES, fold, fold_text

TEXTS = ["", "أحمد إبراهيم آمن", "مدرسة على مستشفى", "مسؤول بيئة ٱلله", "CNN Arabic و2015"]


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_folded_as_its_words_are(text: str) -> None:
    """Two ways for one thing, the second for speed: they must not part."""
    assert fold_text(text) == fold(text)
    assert fold_text(text, CARELESS_NAMES) == text.translate(CARELESS_NAMES).lower()
